import { belowProperty, type Wanted } from './wanted.ts'

const QUOTE = 34
const BACKSLASH = 92
const isBlank = (character: number): boolean =>
  character === 32 || character === 10 || character === 13 || character === 9

/**
 * Finds in a JSON text where the wanted elements stand, and notes it in the tree: a property from its name to the end of its value, an item
 * of an array by itself. One pass, without recursion; the text must be JSON, which `parseJson` has made sure of.
 */
export const findInJson = (text: string, root: Wanted): void => {
  let at = 0
  const space = (): void => {
    while (isBlank(text.charCodeAt(at))) at++
  }
  /** Moves past a string. */
  const string = (): void => {
    for (at++; at < text.length && text.charCodeAt(at) !== QUOTE; at++) if (text.charCodeAt(at) === BACKSLASH) at++
    at++
  }
  const name = (): string => {
    const start = at
    string()
    const quoted = text.slice(start, at)
    return quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
  }

  type Open = { node: Wanted | undefined; start: number; index: number | undefined }
  const open: Open[] = []
  let node: Wanted | undefined = root
  space()
  let start = at

  /** What began at `from` ends here. Of what is the same element, what is around the other or stands first is where it is. */
  const ended = (found: Wanted | undefined, from: number): void => {
    if (found !== undefined && (found.span === undefined || from <= found.span.start))
      found.span = { start: from, end: at }
  }
  /** What is wanted in an item; an element that does not repeat is meant by its first. */
  const item = (array: Wanted | undefined, index: number): Wanted | undefined =>
    array?.below.get(index) ?? (index === 0 ? array : undefined)

  for (;;) {
    // Here a value begins, in which `node` is wanted.
    space()
    const character = text[at]
    if (character === '{' || character === '[') {
      const isArray = character === '['
      const around = isArray || node === undefined ? node : (node.below.get(0) ?? node)
      open.push({ node: around, start, index: isArray ? 0 : undefined })
      at++
      space()
      if (text[at] === '}' || text[at] === ']') {
        // Empty: closed below.
      } else {
        begin()
        continue
      }
    } else if (character === '"') {
      string()
      ended(node, start)
    } else {
      while (at < text.length && !/[,\]}\s]/.test(text[at] as string)) at++
      ended(node, start)
    }
    for (;;) {
      space()
      const inside = open.at(-1)
      if (inside === undefined) return
      const next = text[at++]
      if (next === ',') {
        if (inside.index !== undefined) inside.index++
        space()
        begin()
        break
      }
      open.pop()
      ended(inside.node, inside.start)
      if (next === undefined) return
    }
  }

  /** Begins the next property or item of what is open. */
  function begin(): void {
    const inside = open.at(-1) as Open
    start = at
    if (inside.index !== undefined) {
      node = item(inside.node, inside.index)
      return
    }
    const property = name()
    node = inside.node === undefined ? undefined : belowProperty(inside.node, property)
    space()
    at++
  }
}
