import { belowProperty, type Wanted } from './wanted.ts'

/** Comments, CDATA sections and declarations, which hold no elements; otherwise a tag, with its name and, at the end, whether it closes itself. */
const MARKUP =
  /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[?!][^>]*>|<(\/?)(?:[\w.-]+:)?([\w.-]+)(?:[^>"']|"[^"]*"|'[^']*')*?(\/?)>/g

type Open = { node: Wanted | undefined; start: number; counts: Map<string, number> }

/**
 * Finds in an XML text where the wanted elements stand, and notes it in the tree: each element from its tag on. The text must be XML, which
 * `parseFhirXml` has made sure of.
 */
export const findInXml = (text: string, root: Wanted): void => {
  const open: Open[] = []
  for (const { 0: tag, 1: closing, 2: name, 3: empty, index } of text.matchAll(MARKUP)) {
    if (name === undefined) continue
    const around = open.at(-1)
    if (closing === '/') {
      open.pop()
      continue
    }
    const node = around === undefined ? root : below(around, name)
    const span = { start: index, end: index + tag.length }
    if (node !== undefined) node.span ??= span
    if (empty !== '/') open.push({ node: itemOf(node, around, name, span), start: index, counts: new Map() })
    else itemOf(node, around, name, span)
  }
}

/** What is wanted below the element of this name; a resource stands in an element of its own, which FHIRPath does not name. */
const below = ({ node }: Open, name: string): Wanted | undefined =>
  node === undefined ? undefined : /^[A-Z]/.test(name) ? node : belowProperty(node, name)

/** Which of the elements of one name this is, and what is wanted in it: an element that does not repeat is meant by its first. */
const itemOf = (
  node: Wanted | undefined,
  around: Open | undefined,
  name: string,
  span: Readonly<{ start: number; end: number }>,
): Wanted | undefined => {
  if (node === undefined || around === undefined || node === around.node) return node
  const index = around.counts.get(name) ?? 0
  around.counts.set(name, index + 1)
  const item = node.below.get(index) ?? (index === 0 ? node : undefined)
  if (item !== undefined) item.span ??= span
  return item
}
