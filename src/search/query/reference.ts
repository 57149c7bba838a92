import { hierarchiesOf, mayTarget, partOfParameter, type Searchable, targetsOf } from './parameters.ts'
import type { Condition, ReferenceTest } from './query.ts'
import { type Reading, requireBuilt } from './reading.ts'
import { invalidValue, withoutEscapes } from './text.ts'
import { tokenTest } from './token.ts'

const LOCAL = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9\-.]{1,64})$/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\S+$/i

/**
 * One alternative of a reference (http://hl7.org/fhir/R4/search.html#reference): `id`, `Type/id`, the same below our own base, or another
 * absolute address, which is found as it is written. `type`: that of the modifier, or the only one that the parameter may refer to.
 */
export const referenceTest = (
  name: string,
  text: string,
  { base, type }: Readonly<{ base: string | undefined; type: string | undefined }>,
): ReferenceTest | Readonly<{ uri: string }> => {
  const value = withoutEscapes(text)
  const local = base !== undefined && value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value
  const match = LOCAL.exec(local)
  if (match !== null) {
    const [, given, id = ''] = match
    if (type !== undefined && given !== undefined && given !== type)
      throw invalidValue(name, `It refers to ${type} here. Give the id, or ${type}/[id].`)
    return { type: given ?? type, id }
  }
  if (ABSOLUTE.test(value)) return { uri: value }
  throw invalidValue(
    name,
    'Expected Type/id, an id, or an absolute address; without a version, with commas between alternatives.',
  )
}

/** What a reference parameter asks with a modifier that it takes: one of these conditions is enough. Throws `bad-request` for a value that it cannot have. */
export const referencesTo = (
  reading: Reading,
  parameter: Searchable,
  name: string,
  modifier: string | undefined,
  values: readonly string[],
): readonly Condition[] => {
  const { code, types, targets } = parameter
  if (modifier === 'identifier')
    return [{ on: 'token', parameter: `${code}:identifier`, alternatives: values.map((text) => tokenTest(name, text)) }]
  if (modifier === 'below' && types.includes('canonical'))
    return [{ on: 'uri', parameter: code, match: 'version', alternatives: values.map(withoutEscapes) }]
  if (modifier === 'above' || modifier === 'below') return hierarchies(reading, parameter, name, modifier, values)
  const possible = targetsOf(parameter)
  const type = modifier ?? (possible.length === 1 ? possible[0] : undefined)
  const tests = values.map((text) => referenceTest(name, text, { base: reading.base, type }))
  const here = tests.filter((test): test is ReferenceTest => !('uri' in test))
  const elsewhere = tests.flatMap((test) => ('uri' in test ? [test.uri] : []))
  const foreign = here.find((test) => test.type !== undefined && !mayTarget(parameter, test.type))
  if (foreign !== undefined) throw invalidValue(name, `It refers to ${targets.join(', ')}, and to nothing else.`)
  return [
    ...(here.length === 0 ? [] : [{ on: 'reference', parameters: [code], alternatives: here } as const]),
    ...(elsewhere.length === 0
      ? []
      : [{ on: 'uri', parameter: code, match: 'exact', alternatives: elsewhere } as const]),
  ]
}

/** http://hl7.org/fhir/R4/search.html#recursive: an id alone is of the one type of which a resource can be part of another. */
const hierarchies = (
  reading: Reading,
  parameter: Searchable,
  name: string,
  way: 'above' | 'below',
  values: readonly string[],
): readonly Condition[] => {
  const possible = hierarchiesOf(parameter)
  const only = possible.length === 1 ? possible[0] : undefined
  const tests = values.map((text) => referenceTest(name, text, { base: reading.base, type: only }))
  if (tests.some((test) => 'uri' in test || test.type === undefined || !possible.includes(test.type)))
    throw invalidValue(
      name,
      `With :${way} it is [type]/[id] of what is stored here as part of another: ${possible.join(', ')}.`,
    )
  return possible.flatMap((type): Condition[] => {
    const ids = tests.flatMap((test) => ('uri' in test || test.type !== type ? [] : [test.id]))
    const partOf = partOfParameter(type)?.code
    if (ids.length === 0 || partOf === undefined) return []
    requireBuilt(reading, type, partOf, name)
    return [{ on: 'hierarchy', parameter: parameter.code, target: type, partOf, way, ids }]
  })
}
