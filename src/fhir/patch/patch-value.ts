import { type ElementModel, type ElementProperty, type Item, setItems } from './place.ts'
import { isObject, type JsonObject, toTree } from './tree.ts'

/**
 * The value of an operation (http://hl7.org/fhir/R4/fhirpatch.html): of a FHIR type, as `value[x]` of a parameter has it, or in parts, each an
 * element of a type that `value[x]` cannot be, such as `Patient.contact`.
 */
export type PatchValue = Readonly<
  { suffix: string; item: Item } | { parts: readonly Readonly<{ name: string; value: PatchValue }>[] }
>

/** The value of a parameter or part; undefined where it has none, or more than one. */
export const readValue = (part: JsonObject): PatchValue | undefined => {
  const names = Object.keys(part).filter((name) => name !== 'name')
  const suffixes = new Set(names.map((name) => /^_?value([A-Z][A-Za-z0-9]*)$/.exec(name)?.[1]))
  const [suffix] = suffixes
  if (suffixes.size !== 1) return undefined
  if (suffix !== undefined) {
    const name = `value${suffix}`
    const beside = part[`_${name}`]
    return { suffix, item: { value: toTree(part[name], part, name), beside: toTree(beside) } }
  }
  const parts = part['part']
  if (names.length !== 1 || !Array.isArray(parts) || parts.length === 0) return undefined
  const read = parts.map((each: unknown) => {
    const name = isObject(each) ? each['name'] : undefined
    const value = isObject(each) ? readValue(each) : undefined
    return typeof name !== 'string' || value === undefined ? undefined : { name, value }
  })
  return read.every((each) => each !== undefined) ? { parts: read } : undefined
}

type Made = Readonly<{ property: ElementProperty; item: Item }>

/** The value as it will stand, and under which of the properties; undefined where it is of the type of none of them. */
export const newItem = (
  candidates: readonly ElementProperty[],
  value: PatchValue,
  model: ElementModel,
): Made | undefined => {
  if ('suffix' in value) {
    const property = candidates.find(({ type }) => suffixOf(type) === value.suffix)
    return property === undefined ? undefined : { property, item: structuredClone(value.item) }
  }
  const [property, ...others] = candidates
  if (property === undefined || others.length > 0) return undefined
  const object = built(property.type, value.parts, model)
  return object === undefined ? undefined : { property, item: { value: object, beside: undefined } }
}

/** XHTML stands in no `value[x]`, so it is sent as a string. */
const suffixOf = (type: string): string => (type === 'xhtml' ? 'String' : type.charAt(0).toUpperCase() + type.slice(1))

const built = (
  type: string,
  parts: Extract<PatchValue, { parts: unknown }>['parts'],
  model: ElementModel,
): JsonObject | undefined => {
  const object: JsonObject = {}
  for (const name of new Set(parts.map((part) => part.name))) {
    const made = parts.flatMap((part) => (part.name === name ? [newItem(model(type, name), part.value, model)] : []))
    const items = made.flatMap((one) => one?.item ?? [])
    const [first] = made
    if (first === undefined || items.length < made.length || (made.length > 1 && !first.property.repeats))
      return undefined
    setItems({ holder: object, property: first.property }, items)
  }
  return object
}
