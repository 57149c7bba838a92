/** An element as the rules read it: valid in structure, or close enough that a rule may look at it. */
export type Node = Readonly<Record<string, unknown>>

/** A rule of the standard that element tables cannot express. */
export type Invariant = Readonly<{
  /** The standard's own key. */
  key: string
  /** The type or backbone element that the rule is about, e.g. `Period`, `CarePlan.activity`. */
  path: string
  severity?: 'warning'
  /** Elements, a choice without its type: where none of them is there the rule holds, so it need not be asked. */
  onlyWith?: readonly string[]
  /** False where the rule is broken. Must not throw, whatever the element holds. `root` is the resource that is not contained. */
  holds: (element: Node, root: Node) => boolean
  /** What is expected and how to mend it, without a word of what the element holds. */
  text: string
}>

/** True where the element is there, be it by the extensions of a primitive only. */
export const has = (element: Node, name: string): boolean =>
  element[name] !== undefined || element[`_${name}`] !== undefined

/** True where a choice element is there, of whichever type. */
export const hasChoice = (element: Node, name: string): boolean => {
  for (const property in element) {
    const start = property.startsWith('_') ? 1 : 0
    if (property.startsWith(name, start) && isCapital(property.charCodeAt(start + name.length))) return true
  }
  return false
}

const isCapital = (character: number): boolean => character >= 65 && character <= 90

export const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The objects of a repeating element, whatever else it holds. */
export const nodes = (element: Node, name: string): readonly Node[] => {
  const value = element[name]
  return Array.isArray(value) ? value.filter(isNode) : []
}

export const node = (element: Node, name: string): Node | undefined => {
  const value = element[name]
  return isNode(value) ? value : undefined
}

export const isDistinct = (values: readonly unknown[]): boolean => new Set(values).size === values.length
