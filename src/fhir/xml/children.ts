/** What the XML form must know of R4's types: which elements stand in a type, in which order, and how each is written. */

/** An element as `definitions` lists it; what is not said here does not matter to XML. */
type Defined = Readonly<{
  name: string
  choice?: boolean
  max?: string
  types: readonly Readonly<{ code: string }>[]
}>

/** What R4 says of types; `definitions/tables.ts` has it. */
export type Definitions = Readonly<{
  /** The elements of a type or backbone element, in their order. */
  elementsOf: (path: string) => readonly Defined[]
  isPrimitive: (type: string) => boolean
  /** True for an element of a path that XML writes as an attribute. */
  isAttribute: (path: string, name: string) => boolean
  isResourceType: (type: string) => boolean
}>

/** An XML child, or an attribute, that a type may have; its name is that of the JSON property. */
export type Child = Readonly<{
  /** Name of the element without `[x]`. */
  element: string
  /** Place of the element among those of its type; the same for all forms of a choice. */
  order: number
  repeats: boolean
  /** `attribute`: an attribute with a value of its own. `resource`: holds one resource. */
  kind: 'attribute' | 'primitive' | 'xhtml' | 'resource' | 'complex'
  /** Name of the type, or path of the backbone element. */
  type: string
}>

export type Children = Readonly<{
  /** The children of a type or backbone element by name, in their order. */
  of: (path: string) => ReadonlyMap<string, Child>
  /** True for a type that a resource can have. */
  isResource: (type: string) => boolean
}>

const ABSTRACT: ReadonlySet<string> = new Set(['Resource', 'DomainResource'])

/** The children of all types, each looked up once. */
export const childrenBy = ({ elementsOf, isPrimitive, isAttribute, isResourceType }: Definitions): Children => {
  const known = new Map<string, ReadonlyMap<string, Child>>()

  const kindOf = (path: string, name: string, type: string): Child['kind'] => {
    if (isAttribute(path, name)) return 'attribute'
    if (type === 'Resource' || type === 'xhtml') return type === 'xhtml' ? 'xhtml' : 'resource'
    return isPrimitive(type) ? 'primitive' : 'complex'
  }

  const make = (path: string): ReadonlyMap<string, Child> =>
    new Map(
      elementsOf(path).flatMap(({ name, choice, max = '1', types }, order) =>
        types.map(({ code }): [string, Child] => [
          choice === true ? name + code.charAt(0).toUpperCase() + code.slice(1) : name,
          { element: name, order, repeats: max !== '1', kind: kindOf(path, name, code), type: code },
        ]),
      ),
    )

  return {
    of: (path) => {
      let children = known.get(path)
      if (children === undefined) {
        children = make(path)
        known.set(path, children)
      }
      return children
    },
    isResource: (type) => isResourceType(type) && !ABSTRACT.has(type),
  }
}
