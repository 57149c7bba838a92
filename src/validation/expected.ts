/** What is known of a JSON property of a type. */
export type Expected<Self> = {
  readonly property: string
  /** What came next when this one was met last: most JSON of a type is written in one order, so that few properties are looked up. */
  next: Self | undefined
}

/** What is known of a property that comes after another, or first; undefined where nothing is. */
export const after = <One extends Expected<One>>(
  before: Expected<One>,
  property: string,
  all: ReadonlyMap<string, One>,
): One | undefined => {
  const { next } = before
  if (next !== undefined && next.property === property) return next
  const found = all.get(property)
  if (found !== undefined) before.next = found
  return found
}
