import { SERVED, servedType } from '../../definitions/served.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { findParameter, type Searchable, searchableParameters, shownName, targetsOf } from './parameters.ts'
import type { Include } from './query.ts'

/** The references of a type by which others can be included; each is a claim of the CapabilityStatement. */
export const includable = (type: string): readonly Searchable[] =>
  searchableParameters(type).filter((parameter) => parameter.type === 'reference' && targetsOf(parameter).length > 0)

/** `[type]:[parameter]` of every reference that leads to a type. */
export const reverseIncludable = (target: string): readonly string[] =>
  SERVED.flatMap(({ type }) =>
    includable(type)
      .filter((parameter) => targetsOf(parameter).includes(target))
      .map(({ code }) => `${type}:${code}`),
  )

const refused = (name: string, text: string): Problem =>
  problem('bad-request', 'include-unknown', text, { expression: name, code: 'not-supported' })

/**
 * What `_include` or `_revinclude` asks for (http://hl7.org/fhir/R4/search.html#revinclude): `Type:parameter`, `Type:parameter:Target`, `Type:*` or `*`.
 * Throws `bad-request` for one by which nothing could be found.
 */
export const includeOf = (types: readonly string[], name: string, value: string): Include => {
  const [kind = '', modifier, ...more] = name.split(':')
  const reverse = kind === '_revinclude'
  const iterate = modifier === 'iterate'
  if (more.length > 0 || (modifier !== undefined && !iterate)) {
    throw problem('bad-request', 'search-modifier-unknown', `${kind} takes the modifier :iterate, and no other.`, {
      expression: shownName(name),
      code: 'not-supported',
    })
  }
  if (value === '*') return { reverse, type: undefined, parameter: undefined, target: undefined, iterate }
  const [type = '', code = '', target, ...rest] = value.split(':')
  if (servedType(type) === undefined || code === '' || rest.length > 0)
    throw refused(
      name,
      `${kind} is [type]:[parameter], [type]:[parameter]:[target], [type]:* or *, with types that are stored here.`,
    )
  if (target !== undefined && servedType(target) === undefined)
    throw refused(name, `${kind}: the target type is none that is stored here.`)
  if (!reverse && !iterate && !types.includes(type))
    throw refused(
      name,
      `${kind} begins with a type that is searched: ${types.join(', ')}. What is included leads further with ${kind}:iterate.`,
    )
  if (code === '*') return { reverse, type, parameter: undefined, target, iterate }
  const parameter = findParameter(type, code)
  const targets = parameter?.type === 'reference' ? targetsOf(parameter) : []
  const offered = `References of ${type}: ${includable(type)
    .map((one) => one.code)
    .join(', ')}.`
  if (targets.length === 0)
    throw refused(name, `${kind}: this is no reference of ${type} to what is stored here. ${offered}`)
  if (target !== undefined && !targets.includes(target))
    throw refused(name, `${kind}: ${code} of ${type} refers to ${targets.join(', ')}.`)
  if (reverse && !iterate && !targets.some((one) => types.includes(one)))
    throw refused(name, `${kind}: ${code} of ${type} does not refer to ${types.join(', ')}.`)
  return { reverse, type, parameter: code, target, iterate }
}

/** The references that an include goes by. */
const referencesOf = ({ type, parameter }: Include): readonly Readonly<{ type: string; parameter: Searchable }>[] =>
  (type === undefined ? SERVED.map((served) => served.type) : [type]).flatMap((source) =>
    includable(source)
      .filter(({ code }) => parameter === undefined || code === parameter)
      .map((found) => ({ type: source, parameter: found })),
  )

/** The types of which an include can show resources, for `types` that are searched. */
export const shownBy = (include: Include, types: readonly string[]): readonly string[] => {
  const references = referencesOf(include)
  if (include.reverse) {
    return references
      .filter(({ parameter }) => include.iterate || targetsOf(parameter).some((target) => types.includes(target)))
      .map(({ type }) => type)
  }
  return references
    .filter(({ type }) => include.iterate || types.includes(type))
    .flatMap(({ parameter }) => (include.target === undefined ? targetsOf(parameter) : [include.target]))
}

/** The references that an include goes by, as type and parameter: none of them may be building. */
export const usedBy = (include: Include): readonly Readonly<{ type: string; parameter: string }>[] =>
  referencesOf(include).map(({ type, parameter }) => ({ type, parameter: parameter.code }))
