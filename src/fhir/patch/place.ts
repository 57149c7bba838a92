/** Where a FHIRPath of a patch leads to in a resource: places that can be written to, not values. */
import { type PathNode, parsePath } from '../path-syntax.ts'
import { isObject, type JsonObject } from './tree.ts'

/** The JSON properties as which an element of a type may appear; several for a choice, none where there is no such element. */
export type ElementModel = (type: string, element: string) => readonly ElementProperty[]

export type ElementProperty = Readonly<{ property: string; type: string; repeats: boolean }>

/** One value of an element, with what stands beside it: the id and the extensions of a primitive (`_birthDate`). */
export type Item = Readonly<{ value: unknown; beside: unknown }>

/** An element of one object: its values stand together, whether it repeats or not. */
export type List = Readonly<{ holder: JsonObject; property: ElementProperty }>

/** One value, where it stands, and the place of what it stands in. The resource itself stands nowhere. */
export type Place = Readonly<{ type: string; item: Item; list?: List; index?: number; parent?: Place }>

/** The parts of FHIRPath in which a patch can say where: see `readPath`. */
export type PatchPath = Extract<PathNode, { kind: 'name' | 'step' | 'index' | 'as' | 'where-equals' }>

/** No element stands deeper; a path without end would be read without end. */
const MOST_CHARACTERS = 500

/**
 * The path of an operation: the type, element names, `[index]`, `where(element = 'literal')`, `ofType(Type)`, e.g.
 * `Patient.identifier.where(system = 'urn:x').value` or `Patient.name[0].given[1]`. Undefined for all else, also for what is FHIRPath.
 */
export const readPath = (text: string): PatchPath | undefined => {
  const path = text.length > MOST_CHARACTERS ? undefined : parsePath(text)
  return path !== undefined && isPatchPath(path) ? path : undefined
}

const isPatchPath = (node: PathNode): node is PatchPath =>
  node.kind === 'name' ||
  ((node.kind === 'step' || node.kind === 'index' || node.kind === 'as' || node.kind === 'where-equals') &&
    isPatchPath(node.from))

/** The places to which a path leads; undefined where it names an element that its type does not have. */
export const placesOf = (path: PatchPath, resource: JsonObject, model: ElementModel): readonly Place[] | undefined => {
  if (path.kind === 'name') {
    const type = resource['resourceType'] as string
    return ['Resource', 'DomainResource', type].includes(path.name)
      ? [{ type, item: { value: resource, beside: undefined } }]
      : undefined
  }
  const from = placesOf(path.from as PatchPath, resource, model)
  if (from === undefined) return undefined
  switch (path.kind) {
    case 'index':
      return from.slice(path.index, path.index + 1)
    case 'as':
      return from.filter(({ type }) => type === path.type)
    case 'where-equals':
      return from.every(({ type }) => model(type, path.name).length > 0)
        ? from.filter(({ item }) => isObject(item.value) && item.value[path.name] === path.literal)
        : undefined
    case 'step': {
      const found: Place[] = []
      for (const place of from) {
        const properties = model(place.type, path.name)
        if (properties.length === 0) return undefined
        if (!isObject(place.item.value)) continue
        for (const property of properties) found.push(...placesIn({ holder: place.item.value, property }, place))
      }
      return found
    }
  }
}

const placesIn = (list: List, parent: Place): Place[] =>
  itemsOf(list).map((item, index) => ({ type: typeOf(item.value, list.property.type), item, list, index, parent }))

/** A contained resource is of its own type. */
const typeOf = (value: unknown, type: string): string =>
  type === 'Resource' && isObject(value) && typeof value['resourceType'] === 'string' ? value['resourceType'] : type

/** The values of an element, none where it is absent. */
export const itemsOf = ({ holder, property: { property } }: List): Item[] => {
  const values = asList(holder[property])
  const beside = asList(holder[`_${property}`])
  return Array.from({ length: Math.max(values.length, beside.length) }, (_, index) => ({
    value: values[index] ?? undefined,
    beside: beside[index] ?? undefined,
  }))
}

const asList = (value: unknown): readonly unknown[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value]

/** Puts these values in the place of those that the element has; with none, the element is absent. */
export const setItems = ({ holder, property: { property, repeats } }: List, items: readonly Item[]): void => {
  const put = (name: string, values: readonly unknown[]): void => {
    if (values.every((value) => value === undefined)) delete holder[name]
    else holder[name] = repeats ? values.map((value) => value ?? null) : values[0]
  }
  put(
    property,
    items.map(({ value }) => value),
  )
  put(
    `_${property}`,
    items.map(({ beside }) => beside),
  )
}
