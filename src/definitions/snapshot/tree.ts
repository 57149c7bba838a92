/** The elements of a StructureDefinition as a tree: where an element stands is said by its place, so that a branch can be grafted as it is. */
import type { ElementDefinition } from 'fhir/r4.js'

/**
 * One element. `name` is the last part of its id: `value[x]`, `extension:nickname`, `coding:local/drug` for a slice of a slice.
 * `element` is shared between trees and never changed in place; a node of a differential may have none of its own.
 */
export type Node = {
  readonly name: string
  element: ElementDefinition | undefined
  children: Node[]
}

export const elementName = (name: string): string => name.split(':', 1)[0] as string
export const sliceName = (name: string): string | undefined =>
  name.includes(':') ? name.slice(name.indexOf(':') + 1) : undefined

/** So many children are looked through one by one; of more, such as thousands of slices, it is kept which name is whose. */
const FEW = 16
const byName = new WeakMap<Node[], Map<string, Node>>()

const namesOf = (children: Node[]): ReadonlyMap<string, Node> => {
  const known = byName.get(children)
  if (known !== undefined) return known
  const names = new Map<string, Node>()
  for (const child of children) if (!names.has(child.name)) names.set(child.name, child)
  byName.set(children, names)
  return names
}

export const childOf = ({ children }: Node, name: string): Node | undefined =>
  children.length <= FEW ? children.find((child) => child.name === name) : namesOf(children).get(name)

/** Puts a node below another, at the end or before a position; its name must be new there. */
export const addChild = ({ children }: Node, child: Node, at = children.length): void => {
  children.splice(at, 0, child)
  byName.get(children)?.set(child.name, child)
}

export const copyOf = ({ name, element, children }: Node, as = name): Node => ({
  name: as,
  element,
  children: children.map((child) => copyOf(child)),
})

export const sizeOf = ({ children }: Node): number => children.reduce((sum, child) => sum + sizeOf(child), 1)

/** True where `valueQuantity` is `value[x]` with one of its types named. */
export const isChoice = (name: string, choice: string): boolean => {
  if (!choice.endsWith('[x]')) return false
  const stem = choice.slice(0, -3)
  return name.startsWith(stem) && /^[A-Z]/.test(name.slice(stem.length))
}

/**
 * The steps from the root to an element. The id says them; where there is none, the path does, with the slices that were entered
 * by the elements before it.
 */
const stepsOf = (element: ElementDefinition, entered: readonly string[]): string[] => {
  if (element.id !== undefined) return element.id.split('.')
  const steps = element.path.split('.')
  const last = steps.length - 1
  let along = true
  return steps.map((step, at) => {
    if (at === last) return element.sliceName === undefined ? step : `${step}:${element.sliceName}`
    along &&= elementName(entered[at] ?? '') === step
    return along ? (entered[at] as string) : step
  })
}

/** The tree of a list of elements, the first of which may be left out in a differential. Undefined where the list holds two roots. */
export const treeOf = (elements: readonly ElementDefinition[], root: string): Node | undefined => {
  const top: Node = { name: root, element: undefined, children: [] }
  let entered: readonly string[] = []
  for (const element of elements) {
    const steps = stepsOf(element, entered)
    entered = steps
    if (steps[0] !== root) return undefined
    let node = top
    for (const name of steps.slice(1)) {
      let next = childOf(node, name)
      if (next === undefined) {
        next = { name, element: undefined, children: [] }
        addChild(node, next)
      }
      node = next
    }
    node.element = element
  }
  return top
}

/** The elements of a tree in order, each with the id and the path of its place. */
export const elementsOf = (root: Node): ElementDefinition[] => {
  const found: ElementDefinition[] = []
  const visit = (node: Node, id: string, path: string): void => {
    const { id: _id, path: _path, sliceName: _slice, ...said } = node.element as ElementDefinition
    const slice = sliceName(node.name)
    found.push({ id, path, ...(slice === undefined ? {} : { sliceName: slice }), ...said })
    for (const child of node.children) visit(child, `${id}.${child.name}`, `${path}.${elementName(child.name)}`)
  }
  visit(root, root.name, root.name)
  return found
}
