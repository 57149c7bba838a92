import { placesIn } from '../places.ts'
import { type Compiled, fromValues } from './compiled.ts'
import { type Collection, childrenNamed, collect, type Item, isObject, NOTHING } from './item.ts'
import { isOfType, type Model, type ModelProperty, SYSTEM_TYPES } from './model.ts'
import { spend } from './run.ts'

/** A property, and whether what stands there is a text and nothing that is compared otherwise. */
type Place = ModelProperty & Readonly<{ isText: boolean }>

/** The JSON properties of an element, by the type that it is of: few expressions meet more than one in a place. */
const propertiesByType = (name: string, model: Model) => {
  const known = new Map<string, readonly Place[]>()
  let lastType: string | undefined
  let last: readonly Place[] = []
  const propertiesOf = (type: string): readonly Place[] => {
    const places = model
      .properties(type, name)
      .map((property) => ({ ...property, isText: SYSTEM_TYPES.get(property.type) === 'System.String' }))
    known.set(type, places)
    return places
  }
  return (type: string): readonly Place[] => {
    if (type !== lastType) {
      last = known.get(type) ?? propertiesOf(type)
      lastType = type
    }
    return last
  }
}

const hasItems = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((item) => item !== null) : value !== undefined && value !== null

/** The children of a name of each item; at the start of an expression the name may be that of the type of what it is evaluated on. */
export const member = (from: Compiled | undefined, name: string, model: Model): Compiled => {
  const before = from?.values
  const propertiesOf = propertiesByType(name, model)
  const mayBeType = from === undefined && /^[A-Z]/.test(name)
  const isType = (item: Item): boolean =>
    mayBeType && propertiesOf(item.type).length === 0 && isOfType(item.type, name, model)

  const has = (item: Item): boolean => {
    const { value, type } = item
    if (!isObject(value)) {
      const found: Item[] = []
      childrenNamed(item, name, model, found)
      return found.length > 0
    }
    for (const { property, beside } of placesIn(value, propertiesOf(type)))
      if (hasItems(value[property]) || (beside !== undefined && hasItems(value[beside]))) return true
    return isType(item)
  }

  const values: Compiled['values'] = (run, focus) => {
    const items: Collection = before === undefined ? focus : before(run, focus)
    if (items.length === 0) return NOTHING
    spend(run, items.length)
    const found: Item[] = []
    for (const item of items) {
      const { value, type } = item
      if (!isObject(value)) childrenNamed(item, name, model, found)
      else if (isType(item)) found.push(item)
      else for (const place of placesIn(value, propertiesOf(type))) collect(value, place, found)
    }
    return found
  }
  const text: Compiled['text'] = (run, focus) => {
    const item = focus[0]
    if (item === undefined || focus.length > 1 || !isObject(item.value)) return undefined
    const [property, other] = propertiesOf(item.type)
    if (property === undefined || other !== undefined || !property.isText) return undefined
    const value = item.value[property.property]
    // What may stand beside it is no part of its value.
    if (typeof value !== 'string') return undefined
    spend(run, 1)
    return value
  }
  return {
    ...fromValues(values),
    ...(from === undefined ? { text } : {}),
    exists: (run, focus) => {
      const items: Collection = before === undefined ? focus : before(run, focus)
      spend(run, items.length)
      return items.some(has)
    },
  }
}
