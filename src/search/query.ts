import { searchParametersOf } from '../definitions/search-parameters.ts'
import { remember } from '../definitions/tables.ts'
import { type Issue, isError, issue, Problem, problem } from '../fhir/outcome.ts'
import { isId } from '../fhir/resource.ts'

/** What a query means: all conditions must hold; the alternatives of one condition are OR. */
export type Query = Readonly<{
  type: string
  conditions: readonly Condition[]
  count: number
  /** Only resources whose id sorts after this one: the keyset of the next page. */
  after: string | undefined
}>

export type Condition = Readonly<
  | { on: 'id'; ids: readonly string[] }
  | {
      on: 'token'
      parameter: string
      alternatives: readonly Readonly<{ system: string | undefined; code: string | undefined }>[]
    }
  | { on: 'reference'; parameter: string; alternatives: readonly Readonly<{ type: string | undefined; id: string }>[] }
>

export const DEFAULT_COUNT = 50
export const MOST_COUNT = 500
/** More alternatives than this in one parameter are refused: OR over many values defeats the indexes. */
const MOST_ALTERNATIVES = 100
/** So many conditions answer any question that a person asks; more of them keep others waiting. */
const MOST_PARAMETERS = 20

/** Nothing longer is ever found: see `records/value-lengths.ts`. */
const MOST_CHARACTERS = 2_001

const SUPPORTED_TYPES: readonly string[] = ['token', 'reference']

/** Search parameters of a type that can be searched by, in alphabetical order; `_id` comes besides. The CapabilityStatement lists these. */
export const searchableParameters = remember((type) =>
  searchParametersOf(type)
    .filter((parameter) => SUPPORTED_TYPES.includes(parameter.type))
    .toSorted((a, b) => (a.code < b.code ? -1 : 1)),
)

export type Parsed = Readonly<{
  query: Query
  understood: readonly (readonly [string, string])[]
  issues: readonly Issue[]
}>

/**
 * Reads search parameters (http://hl7.org/fhir/R4/search.html). A parameter or modifier that is not known is refused, because ignoring it
 * would widen the answer; with `lenient` it is left out and reported. Throws a Problem with all issues at once.
 */
export const parseQuery = (
  type: string,
  parameters: readonly (readonly [string, string])[],
  lenient = false,
): Parsed => {
  const known = new Map(searchableParameters(type).map((parameter) => [parameter.code, parameter]))
  const conditions: Condition[] = []
  const understood: (readonly [string, string])[] = []
  const issues: Issue[] = []
  let count = DEFAULT_COUNT
  let after: string | undefined

  if (parameters.length > MOST_PARAMETERS) {
    throw problem(
      'bad-request',
      'search-too-wide',
      `A search has at most ${MOST_PARAMETERS} parameters. Ask in several searches.`,
    )
  }
  for (const [name, value] of parameters) {
    const refuse = (key: string, text: string): void => void issues.push(issue(key, name, text, { code: 'invalid' }))
    if (alternatives(value).some((one) => one.length > MOST_CHARACTERS))
      refuse('value-too-long', `A value to search by has at most ${MOST_CHARACTERS} characters.`)
    else if (value.includes('\0')) refuse('search-value-invalid', 'A value holds no null character.')
    else if (name === '_count') {
      if (/^\d{1,6}$/.test(value) && Number(value) > 0) count = Math.min(Number(value), MOST_COUNT)
      else refuse('search-value-invalid', `_count is a whole number from 1 to ${MOST_COUNT}.`)
    } else if (name === '_after') {
      if (isId(value)) after = value
      else
        refuse(
          'search-value-invalid',
          '_after is set by KeyPlan in the link to the next page; follow that link as it is.',
        )
    } else if (name === '_id') {
      const ids = alternatives(value)
      if (ids.length <= MOST_ALTERNATIVES && ids.every(isId)) conditions.push({ on: 'id', ids })
      else
        refuse(
          'search-value-invalid',
          `_id holds at most ${MOST_ALTERNATIVES} ids of letters, digits, "-" and ".", at most 64 characters each, with commas between.`,
        )
    } else {
      const parameter = known.get(name)
      if (parameter === undefined) {
        const text = unknownParameter(type, name, [...known.keys()])
        issues.push(
          issue('search-parameter-unknown', name, text, {
            code: 'not-supported',
            severity: lenient ? 'warning' : 'error',
          }),
        )
        continue
      }
      const values = alternatives(value)
      if (value === '') refuse('search-value-invalid', `${name} has no value.`)
      else if (values.length > MOST_ALTERNATIVES)
        refuse(
          'search-value-invalid',
          `${name} has more than ${MOST_ALTERNATIVES} alternatives. Ask in several searches.`,
        )
      else if (parameter.type === 'token')
        conditions.push({ on: 'token', parameter: name, alternatives: values.map(token) })
      else {
        const targets = values.map(reference)
        if (targets.every((target) => target !== undefined))
          conditions.push({ on: 'reference', parameter: name, alternatives: targets })
        else
          refuse('search-value-invalid', `${name} holds references such as Patient/123, or ids, with commas between.`)
      }
    }
    understood.push([name, value])
  }

  if (issues.some(isError)) throw new Problem('bad-request', issues)
  return { query: { type, conditions, count, after }, understood, issues }
}

const unknownParameter = (type: string, name: string, known: readonly string[]): string => {
  const allowed = `${type} can be searched by ${['_id', ...known].join(', ')}, and _count.`
  if (!/^[A-Za-z_][\w.:-]{0,60}$/.test(name)) return `This is not the name of a search parameter. ${allowed}`
  return name.includes(':') || name.includes('.')
    ? `The modifier or chain in "${name}" is not supported. ${allowed}`
    : `"${name}" is not a search parameter of ${type}. ${allowed}`
}

/** Splits at commas that no backslash escapes (http://hl7.org/fhir/R4/search.html#escaping). */
const alternatives = (value: string): string[] => split(value, ',')

const split = (value: string, separator: string): string[] => value.split(new RegExp(`(?<!\\\\)\\${separator}`))

const withoutEscapes = (value: string): string => value.replace(/\\([,|$\\])/g, '$1')

const token = (value: string): { system: string | undefined; code: string | undefined } => {
  const parts = split(value, '|').map(withoutEscapes)
  if (parts.length === 1) return { system: undefined, code: parts[0] }
  const [system = '', ...rest] = parts
  const code = rest.join('|')
  return { system, code: code === '' ? undefined : code }
}

const reference = (value: string): { type: string | undefined; id: string } | undefined => {
  const match = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9\-.]{1,64})$/.exec(value)
  return match === null ? undefined : { type: match[1], id: match[2] as string }
}
