import {
  type Element,
  type ElementType,
  isConcreteType,
  isPrimitive,
  propertiesOf,
} from '../../../src/definitions/tables.ts'

export type Tree = Record<string, unknown>

/** A place in a resource where a rule can be broken: a property of an object, with what R4 says of it. */
export type Site = Readonly<{
  /** FHIRPath of the element, without the index of the item. */
  expression: string
  /** FHIRPath of the object that has it. */
  around: string
  /** Names and indices that lead from the resource to the object. */
  way: readonly (string | number)[]
  property: string
  element: Element
  type: ElementType
}>

/** The object at the end of a way, in a copy of the resource. */
export const objectAt = (resource: Tree, way: readonly (string | number)[]): Tree =>
  way.reduce<unknown>((at, step) => (at as Record<string | number, unknown>)[step], resource) as Tree

const pathOf = (type: ElementType, value: Tree): string | undefined => {
  if (type.code !== 'Resource')
    return isPrimitive(type.code) || type.code === 'xhtml' ? undefined : (type.profile ?? type.code)
  const own = value['resourceType']
  return typeof own === 'string' && isConcreteType(own) ? own : undefined
}

/** Every property of a resource and of what stands in it that R4 knows. */
export const sitesOf = (resource: Tree): readonly Site[] => {
  const sites: Site[] = []
  const visit = (object: Tree, path: string, expression: string, way: readonly (string | number)[]): void => {
    const properties = propertiesOf(path)
    for (const [property, value] of Object.entries(object)) {
      const found = properties.get(property)
      if (found === undefined) continue
      const { element, type } = found
      const at = `${expression}.${element.name}`
      sites.push({ expression: at, around: expression, way, property, element, type })
      const items = Array.isArray(value) ? value : [value]
      for (const [index, item] of items.entries()) {
        if (typeof item !== 'object' || item === null) continue
        const inside = pathOf(type, item as Tree)
        if (inside === undefined) continue
        const isList = Array.isArray(value)
        visit(item as Tree, inside, isList ? `${at}[${index}]` : at, [...way, property, ...(isList ? [index] : [])])
      }
    }
  }
  visit(resource, resource['resourceType'] as string, resource['resourceType'] as string, [])
  return sites
}
