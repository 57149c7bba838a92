import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'

/** An element of a snapshot with what stands below it. */
export type ElementNode = Readonly<{
  /** As in the standard's element ids: `Observation.component:systolic.code`. */
  id: string
  /** Name of the element, a choice without `[x]`; of a root, the type. */
  name: string
  sliceName: string | undefined
  definition: ElementDefinition
  /** By their names, a choice without `[x]`. */
  children: ReadonlyMap<string, ElementNode>
  /** Its slices, or those that its slice is sliced into again. */
  slices: readonly ElementNode[]
  structure: StructureDefinition
}>

type Growing = Omit<ElementNode, 'children' | 'slices'> & { children: Map<string, Growing>; slices: Growing[] }

const withoutChoice = (name: string): string => (name.endsWith('[x]') ? name.slice(0, -3) : name)

/** The id that an element of a snapshot should have, from its path and slice name, where it has none. */
const idsOf = (elements: readonly ElementDefinition[]): readonly string[] => {
  const way: { path: string; id: string }[] = []
  return elements.map(({ id, path, sliceName }) => {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('.')))
    while (way.length > 0 && way.at(-1)?.path !== parent) way.pop()
    const above = way.at(-1)?.id
    const own = path.slice(path.lastIndexOf('.') + 1) + (sliceName === undefined ? '' : `:${sliceName}`)
    const made = id ?? (above === undefined ? own : `${above}.${own}`)
    way.push({ path, id: made })
    return made
  })
}

/** The element of which one is a slice: `a:x` for `a:x/y`, else `a`. */
const slicedId = (id: string, colon: number): string => {
  const slash = id.lastIndexOf('/')
  return slash > colon ? id.slice(0, slash) : id.slice(0, colon)
}

/** `Observation.value[x]` for an element that a snapshot names `Observation.valueQuantity`: a slice of the choice by its type. */
const choiceOf = ({ base, path }: ElementDefinition): string | undefined =>
  base?.path.endsWith('[x]') === true && !path.endsWith('[x]') ? withoutChoice(lastOf(base.path)) : undefined

const lastOf = (path: string): string => path.slice(path.lastIndexOf('.') + 1)

/** A value set that a definition contains is known by the address of the definition, and its id behind that. */
const withWholeBinding = (definition: ElementDefinition, { url }: StructureDefinition): ElementDefinition =>
  definition.binding?.valueSet?.startsWith('#') === true
    ? { ...definition, binding: { ...definition.binding, valueSet: url + definition.binding.valueSet } }
    : definition

/** The elements of a snapshot as a tree. Elements that stand below nothing are left out. */
export const treeOf = (structure: StructureDefinition): ElementNode => {
  const elements = structure.snapshot?.element ?? []
  const ids = idsOf(elements)
  const byId = new Map<string, Growing>()
  const grow = (id: string, name: string, said: ElementDefinition): Growing => {
    const definition = withWholeBinding(said, structure)
    const { sliceName } = definition
    const node: Growing = { id, name, sliceName, definition, children: new Map(), slices: [], structure }
    byId.set(id, node)
    return node
  }

  let root: Growing | undefined
  elements.forEach((definition, index) => {
    const id = ids[index] as string
    const dot = id.lastIndexOf('.')
    if (root === undefined) {
      root = grow(id, structure.type, definition)
      return
    }
    const parent = byId.get(id.slice(0, dot))
    if (parent === undefined) return
    const colon = id.indexOf(':', dot)
    if (colon !== -1) {
      byId.get(slicedId(id, colon))?.slices.push(grow(id, withoutChoice(id.slice(dot + 1, colon)), definition))
      return
    }
    const choice = choiceOf(definition)
    if (choice === undefined) {
      const name = withoutChoice(id.slice(dot + 1))
      parent.children.set(name, grow(id, name, definition))
      return
    }
    let sliced = parent.children.get(choice)
    if (sliced === undefined) {
      sliced = grow(`${parent.id}.${choice}[x]`, choice, { path: `${parent.definition.path}.${choice}[x]` })
      parent.children.set(choice, sliced)
    }
    sliced.slices.push(grow(id, choice, { sliceName: lastOf(definition.path), ...definition }))
  })
  if (root === undefined) throw new Error(`The snapshot of ${structure.url} has no elements`)
  return root
}
