import { NARRATIVE_ELEMENTS } from './narrative.ts'

/** A stretch of text in one style. */
export type Run = Readonly<{
  text: string
  strong: boolean /** Class of the span that it stands in. */
  kind: string | undefined
}>
/** A paragraph of a narrative. */
export type Block = Readonly<{
  /** Class of the paragraph, e.g. `decision not-recommended`. */ kind: string | undefined
  runs: readonly Run[]
}>

const TAG = new RegExp(
  `<(/?)(div|${NARRATIVE_ELEMENTS.join('|')})(?: xmlns="http://www\\.w3\\.org/1999/xhtml")?(?: class="([a-z -]+)")?/?>`,
  'g',
)

const REFERENCES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" }

const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_whole, name: string) => REFERENCES[name] as string)

/**
 * A narrative as paragraphs of plain text, for where there is no HTML. Reads what `narrative.ts` writes; any other markup is shown as the
 * text that it is.
 */
export const narrativeBlocks = (xhtml: string): Block[] => {
  const blocks: { kind: string | undefined; runs: Run[] }[] = []
  const open: { name: string; kind: string | undefined }[] = []
  const add = (text: string): void => {
    if (text === '') return
    const span = open.findLast(({ name }) => name === 'span')
    const paragraph = open.some(({ name }) => name === 'p') ? blocks.at(-1) : undefined
    const run = { text: unescaped(text), strong: open.some(({ name }) => name === 'strong'), kind: span?.kind }
    if (paragraph === undefined) blocks.push({ kind: undefined, runs: [run] })
    else paragraph.runs.push(run)
  }
  let position = 0
  for (const tag of xhtml.matchAll(TAG)) {
    const [whole, closing, name = '', kind] = tag
    add(xhtml.slice(position, tag.index))
    position = tag.index + whole.length
    if (name === 'br') add('\n')
    else if (closing === '/')
      open.splice(
        Math.max(
          0,
          open.findLastIndex((one) => one.name === name),
        ),
        1,
      )
    else {
      if (name === 'p') blocks.push({ kind, runs: [] })
      open.push({ name, kind })
    }
  }
  add(xhtml.slice(position))
  return blocks.filter(({ runs }) => runs.length > 0)
}
