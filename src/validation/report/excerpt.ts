import type { TextPlace } from '../../fhir/outcome.ts'
import type { TextLines } from './text-lines.ts'

/** Part of a line, and which of its characters are meant: `from` inclusive, `to` exclusive. */
export type Excerpt = Readonly<{ text: string; from: number; to: number }>

/** Characters that are shown, of which so many may stand before what is meant. */
const WIDEST = 100
const BEFORE = 40

/** The line at this place, shortened where it is long, with so many characters meant as far as they stand in it. */
export const excerptOf = (lines: TextLines, { line, column }: TextPlace, length: number): Excerpt => {
  const whole = lines.line(line) ?? ''
  const start = whole.length <= WIDEST ? 0 : Math.max(0, column - 1 - BEFORE)
  const shown = whole.slice(start, start + WIDEST)
  const head = start > 0 ? '…' : ''
  const from = column - 1 - start + head.length
  const text = `${head}${shown}${start + WIDEST < whole.length ? '…' : ''}`.replaceAll('\t', ' ')
  return { text, from, to: Math.max(from + 1, Math.min(from + length, head.length + shown.length)) }
}
