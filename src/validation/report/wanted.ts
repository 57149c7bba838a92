/** Elements whose places are wanted, as a tree of the steps that lead to them: one pass over a text finds them all. */
export type Wanted = {
  /** Property names without a leading underscore and, below a property that repeats, indices. */
  readonly below: Map<string | number, Wanted>
  /** Offsets in the text at which the element begins and ends; undefined until it is found. */
  span: Span | undefined
}

/** Offsets in a text, the end exclusive. */
export type Span = Readonly<{ start: number; end: number }>

const STEP = /\.(?:ofType\([A-Za-z]+\)|([A-Za-z_][A-Za-z0-9]*))|\[(\d+)\]/y

/**
 * The steps of an expression that findings have, e.g. `CarePlan.identifier[0].value` as identifier, 0, value. The type at its head is left
 * out, and so is that of a choice, of which there is one; what is no such step ends them.
 */
const stepsOf = (expression: string): (string | number)[] => {
  const steps: (string | number)[] = []
  STEP.lastIndex = /^[A-Za-z]*/.exec(expression)?.[0].length ?? 0
  for (let found = STEP.exec(expression); found !== null; found = STEP.exec(expression)) {
    const [, name, index] = found
    if (index !== undefined) steps.push(Number(index))
    else if (name !== undefined) steps.push(name)
  }
  return steps
}

const none = (): Wanted => ({ below: new Map(), span: undefined })

/** The tree of these expressions; all of one resource, whose root is the root of the tree. */
export const wantedOf = (expressions: readonly string[]): Wanted => {
  const root = none()
  for (const expression of expressions) {
    let node = root
    for (const step of stepsOf(expression)) {
      const next = node.below.get(step) ?? none()
      node.below.set(step, next)
      node = next
    }
  }
  return root
}

/**
 * What is wanted below a property of this name. A companion (`_birthDate`) is the same element as what it stands beside, and a choice
 * (`valueQuantity`) is found by the name of its element too.
 */
export const belowProperty = (node: Wanted, property: string): Wanted | undefined => {
  const name = property.startsWith('_') ? property.slice(1) : property
  const exact = node.below.get(name)
  if (exact !== undefined) return exact
  for (let end = name.length - 1; end > 0; end--) {
    const letter = name.charCodeAt(end)
    if (letter < 65 || letter > 90) continue
    const choice = node.below.get(name.slice(0, end))
    if (choice !== undefined) return choice
  }
  return undefined
}

/** Where an element stands, or the nearest one around it that was found; undefined where not even the resource was. */
export const spanOf = (root: Wanted, expression: string): Span | undefined => {
  let node = root
  let span = root.span
  for (const step of stepsOf(expression)) {
    const next = node.below.get(step)
    if (next === undefined) break
    node = next
    span = node.span ?? span
  }
  return span
}
