import { placesIn } from '../places.ts'
import { type Model, type ModelProperty, SYSTEM_TYPES } from './model.ts'

/**
 * One value with its type: a FHIR type or the path of a backbone element, or one of System (`System.String`). The value is what stands in
 * the JSON; of a primitive with extensions alone it is undefined. A quantity of System is `{ value, unit }`.
 */
export type Item = Readonly<{
  value: unknown
  type: string
  /** The id and extensions of a primitive: what stands under `_name`. */
  companion?: Readonly<Record<string, unknown>> | undefined
}>

export type Collection = readonly Item[]

export type SystemType = 'Boolean' | 'String' | 'Integer' | 'Decimal' | 'Date' | 'DateTime' | 'Time' | 'Quantity'

/** All items have the same properties in the same order, so that what reads them reads one kind of object. */
const itemOf = (value: unknown, type: string, companion?: Item['companion']): Item => ({ value, type, companion })

/** Names that are looked up are not made anew with each item. */
const NAMES: Readonly<Record<SystemType, string>> = {
  Boolean: 'System.Boolean',
  String: 'System.String',
  Integer: 'System.Integer',
  Decimal: 'System.Decimal',
  Date: 'System.Date',
  DateTime: 'System.DateTime',
  Time: 'System.Time',
  Quantity: 'System.Quantity',
}

export const system = (type: SystemType, value: unknown): Item => itemOf(value, NAMES[type])

export const NOTHING: Collection = Object.freeze([])
export const TRUE: Collection = Object.freeze([Object.freeze(system('Boolean', true))])
export const FALSE: Collection = Object.freeze([Object.freeze(system('Boolean', false))])

/** A truth as a collection: empty where it is not known. */
export const truthValue = (truth: boolean | undefined): Collection =>
  truth === undefined ? NOTHING : truth ? TRUE : FALSE

/** The type of System as which a value counts, or its own where it counts as none. */
export const systemType = (item: Item): string => {
  const found = SYSTEM_TYPES.get(item.type)
  // What claims to be an integer and is written as text is not read as a number.
  return found ?? item.type
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Elements whose type is told by what stands in them. */
const resourceType = (type: string, value: unknown): string => {
  if (type !== 'Resource' || !isObject(value)) return type
  const own = value['resourceType']
  return typeof own === 'string' ? own : type
}

const PRIMITIVE_PARTS: Readonly<Record<string, string>> = { extension: 'Extension', id: 'System.String' }

/** Adds what stands under one JSON property, and beside it, to a collection. */
export const collect = (
  holder: Readonly<Record<string, unknown>>,
  { property, beside: besideProperty, type }: ModelProperty,
  into: Item[],
): void => {
  const value = holder[property]
  const beside = besideProperty === undefined ? undefined : holder[besideProperty]
  if (value === undefined && beside === undefined) return
  if (beside === undefined && Array.isArray(value)) {
    for (const one of value) if (one !== undefined && one !== null) into.push(itemOf(one, resourceType(type, one)))
  } else if (Array.isArray(value) || Array.isArray(beside)) {
    const values: readonly unknown[] = Array.isArray(value) ? value : []
    const companions: readonly unknown[] = Array.isArray(beside) ? beside : []
    const length = Math.max(values.length, companions.length)
    for (let index = 0; index < length; index++) {
      const one = values[index] ?? undefined
      const companion = companions[index]
      if (isObject(companion)) into.push(itemOf(one, type, companion))
      else if (one !== undefined) into.push(itemOf(one, resourceType(type, one)))
    }
  } else if (isObject(beside)) into.push(itemOf(value ?? undefined, type, beside))
  else if (value !== undefined && value !== null) into.push(itemOf(value, resourceType(type, value)))
}

/** Adds the children of an item of one name. */
export const childrenNamed = (item: Item, name: string, model: Model, into: Item[]): void => {
  const { value, type, companion } = item
  if (isObject(value)) {
    for (const place of placesIn(value, model.properties(type, name))) collect(value, place, into)
    return
  }
  if (name === 'value' && value !== undefined && !type.startsWith('System.')) {
    into.push(itemOf(value, systemType(item)))
    return
  }
  const part = companion === undefined || !Object.hasOwn(PRIMITIVE_PARTS, name) ? undefined : PRIMITIVE_PARTS[name]
  if (part !== undefined)
    collect(companion as Record<string, unknown>, { property: name, beside: `_${name}`, type: part }, into)
}

/** Adds every child of an item. */
export const children = (item: Item, model: Model, into: Item[]): void => {
  const { value, type, companion } = item
  if (!isObject(value)) {
    if (companion !== undefined) for (const name in PRIMITIVE_PARTS) childrenNamed(item, name, model, into)
    return
  }
  for (const property in value) {
    const isCompanion = property.charCodeAt(0) === 95
    const name = isCompanion ? property.slice(1) : property
    // What has a value is collected with it.
    if (isCompanion && value[name] !== undefined) continue
    const found = model.typeOf(type, name)
    if (found !== undefined) collect(value, { property: name, beside: `_${name}`, type: found }, into)
  }
}
