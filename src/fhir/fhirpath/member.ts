import { type Compiled, fromValues } from './compiled.ts'
import { type Collection, childrenNamed, type Item, isObject, NOTHING } from './item.ts'
import { isOfType, type Model } from './model.ts'
import { spend } from './run.ts'

/** The JSON properties of an element, by the type that it is of, each asked for once. */
const propertiesByType = (name: string, model: Model) => {
  const known = new Map<string, readonly Readonly<{ property: string; beside: string; type: string }>[]>()
  return (type: string) => {
    let found = known.get(type)
    if (found === undefined) {
      found = model.properties(type, name).map((one) => ({ ...one, beside: `_${one.property}` }))
      known.set(type, found)
    }
    return found
  }
}

const hasItems = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((item) => item !== null) : value !== undefined && value !== null

/** The children of a name of each item; at the start of an expression the name may be that of the type of what it is evaluated on. */
export const member = (from: Compiled | undefined, name: string, model: Model): Compiled => {
  const propertiesOf = propertiesByType(name, model)
  const mayBeType = from === undefined && /^[A-Z]/.test(name)
  // The names of types are many, but few expressions meet more than one.
  const isType = (item: Item): boolean =>
    mayBeType && propertiesOf(item.type).length === 0 && isOfType(item.type, name, model)

  const has = (item: Item): boolean => {
    const { value, type } = item
    if (!isObject(value)) {
      const found: Item[] = []
      childrenNamed(item, name, model, found)
      return found.length > 0
    }
    for (const { property, beside } of propertiesOf(type))
      if (hasItems(value[property]) || hasItems(value[beside])) return true
    return isType(item)
  }

  const values: Compiled['values'] = (run, focus) => {
    const items: Collection = from === undefined ? focus : from.values(run, focus)
    if (items.length === 0) return NOTHING
    spend(run, items.length)
    const found: Item[] = []
    for (const item of items) {
      if (isType(item)) found.push(item)
      else childrenNamed(item, name, model, found)
    }
    return found
  }
  return {
    ...fromValues(values),
    exists: (run, focus) => {
      const items: Collection = from === undefined ? focus : from.values(run, focus)
      spend(run, items.length)
      return items.some(has)
    },
  }
}
