/** What one element becomes when a differential says more about it. */
import type { ElementDefinition, ElementDefinitionConstraint, ElementDefinitionType } from 'fhir/r4.js'

/** What a profile may say about an element; anything else in a differential belongs to where it stands. */
const PLACE = ['id', 'path', 'sliceName', 'base'] as const
const TEXTS = ['short', 'definition', 'comment', 'requirements'] as const
const LISTS = ['alias', 'condition', 'code', 'example', 'mapping'] as const

const unique = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
]

/** A text that begins with three dots adds to that of the base (http://hl7.org/fhir/R4/elementdefinition.html#interpretation). */
const added = (base: string | undefined, said: string): string =>
  said.startsWith('...') ? `${base ?? ''}\n${said.slice(3).trimStart()}`.trimStart() : said

const constraintsOf = (
  base: readonly ElementDefinitionConstraint[],
  said: readonly ElementDefinitionConstraint[],
  source: string,
): ElementDefinitionConstraint[] => [
  ...new Map([...base, ...said.map((one) => ({ source, ...one }))].map((one) => [one.key, one])).values(),
]

/** The value of an id, an address or a primitive, which profiles call by the name of its FHIR type. */
const isValue = ({ code }: ElementDefinitionType): boolean => code.startsWith('http://hl7.org/fhirpath/')

const isType = (said: ElementDefinitionType, base: ElementDefinitionType): boolean =>
  said.code === base.code || isValue(base) || ['Resource', 'DomainResource', 'Element'].includes(base.code)

const isWholeNumber = (text: string): boolean => /^\d+$/.test(text)

const isAtMost = (max: string, base: string): boolean =>
  base === '*' || (isWholeNumber(max) && isWholeNumber(base) && Number(max) <= Number(base))

/** Why the differential may not say this about the element, or undefined: a profile narrows and never widens (http://hl7.org/fhir/R4/profiling.html#5.1.0.4). */
export const widens = (base: ElementDefinition, said: ElementDefinition, isSlice: boolean): string | undefined => {
  if (said.max !== undefined && said.max !== '*' && !isWholeNumber(said.max))
    return `max is "${said.max}". Expected a whole number or *.`
  if (said.max !== undefined && base.max !== undefined && !isAtMost(said.max, base.max))
    return `max ${said.max} allows more than the ${base.max} of the base.`
  if (!isSlice && said.min !== undefined && said.min < (base.min ?? 0))
    return `min ${said.min} allows fewer than the ${base.min} of the base.`
  const min = said.min ?? base.min ?? 0
  const max = said.max ?? base.max ?? '*'
  if (!isSlice && max !== '*' && min > Number(max)) return `min ${min} is more than max ${max}.`
  const stranger = (said.type ?? []).find((type) => !(base.type ?? [type]).some((allowed) => isType(type, allowed)))
  if (stranger !== undefined)
    return `the type ${stranger.code} is none of the base: ${(base.type ?? []).map(({ code }) => code).join(', ')}.`
  return undefined
}

/** The value that stands in an element of so many types: `fixedCode`, `patternCodeableConcept`; none for `defaultValue`, which profiles may not say. */
const valueNames = (element: ElementDefinition, stem: 'fixed' | 'pattern' | 'minValue' | 'maxValue'): string[] =>
  Object.keys(element).filter((name) => new RegExp(`^_?${stem}[A-Z]`).test(name))

/** The element with what the differential says about it. `source` is the canonical of the profile, for the rules that it adds. */
export const constrained = (base: ElementDefinition, said: ElementDefinition, source: string): ElementDefinition => {
  const result: Record<string, unknown> = { ...base }
  for (const stem of ['fixed', 'pattern', 'minValue', 'maxValue'] as const) {
    // One value of a kind: a fixed value takes the place of what the base had.
    if (valueNames(said, stem).length > 0) for (const name of valueNames(base, stem)) delete result[name]
  }
  for (const [name, value] of Object.entries(said)) if (!PLACE.some((own) => own === name)) result[name] = value
  for (const name of TEXTS) if (said[name] !== undefined) result[name] = added(base[name], said[name])
  for (const name of LISTS) {
    if (said[name] !== undefined) result[name] = unique<unknown>([...(base[name] ?? []), ...said[name]])
  }
  if (said.constraint !== undefined)
    result['constraint'] = constraintsOf(base.constraint ?? [], said.constraint, source)
  if (said.binding !== undefined) result['binding'] = { ...base.binding, ...said.binding }
  if (said.extension !== undefined) {
    const urls = new Set(said.extension.map(({ url }) => url))
    result['extension'] = [...(base.extension ?? []).filter(({ url }) => !urls.has(url)), ...said.extension]
  }
  if (base.mustSupport === true) result['mustSupport'] = true
  return result as unknown as ElementDefinition
}
