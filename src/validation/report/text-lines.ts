import type { TextPlace } from '../../fhir/outcome.ts'

/** The lines of a text, found once, so that any number of offsets can be told as line and column. */
export type TextLines = Readonly<{
  placeOf(offset: number): TextPlace
  /** The line of this number, counted from 1, without its end; undefined past the last one. */
  line(number: number): string | undefined
}>

export const textLines = (text: string): TextLines => {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)

  return {
    placeOf(offset) {
      let low = 0
      let high = starts.length
      while (high - low > 1) {
        const middle = (low + high) >> 1
        if ((starts[middle] as number) <= offset) low = middle
        else high = middle
      }
      return { line: low + 1, column: offset - (starts[low] as number) + 1 }
    },
    line(number) {
      const start = starts[number - 1]
      return start === undefined ? undefined : text.slice(start, starts[number] ?? text.length).replace(/\r?\n$/, '')
    },
  }
}
