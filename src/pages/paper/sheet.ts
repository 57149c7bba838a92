/** What a page of paper is set with: its measures and colours, and tagged paragraphs. */
import { type FontName, type Fonts, printable } from './fonts.ts'

export type Pdf = PDFKit.PDFDocument
export type Structure = PDFKit.PDFStructureElement

export const INK = '#14212b'
export const SOFT = '#465361'
const LINE = '#9aa7b3'
export const RED = '#9c0d0d'
export const GREEN = '#00522f'
export const AMBER = '#6b4400'

/** Points. A4 is 595 by 842. */
export const MARGIN = 40
export const WIDTH = 595.28 - 2 * MARGIN
export const BOTTOM = 52

export type Setter = Readonly<{
  /** The text as it can be set; remembers where something could not. */
  set: (font: FontName, text: string) => string
  complete: () => boolean
  /** True where no colour may make a decision look as if it held. */
  muted: boolean
}>

export const textSetter = (typeface: Fonts): Setter => {
  let whole = true
  return {
    set: (font, text) => {
      const set = printable(text, (codePoint) => typeface[font].hasGlyphForCodePoint(codePoint))
      whole &&= set.complete
      return set.text
    },
    complete: () => whole,
    muted: false,
  }
}

export type Style = readonly [font: FontName, size: number, colour: string, text: string]
type Place = Readonly<{ x?: number; width?: number; tag?: string; setter: Setter; lineGap?: number }>

/** One tagged paragraph of runs in their styles, at the present height. */
export const paragraphOf = (
  pdf: Pdf,
  parent: Structure,
  runs: readonly Style[],
  { x = MARGIN, width = WIDTH, tag = 'P', setter, lineGap = 1.5 }: Place,
): void => {
  const structure = pdf.struct(tag, {}, () => {
    pdf.x = x
    for (const [index, [font, size, colour, text]] of runs.entries()) {
      const shown = setter.set(font, text)
      pdf
        .font(font)
        .fontSize(size)
        .fillColor(colour)
        .text(shown, { width, lineGap, continued: index < runs.length - 1 })
    }
  })
  parent.add(structure)
  structure.end()
}

export const gap = (pdf: Pdf, points: number): void => {
  pdf.y += points
}

/** Begins a page where less than this is left on the present one. */
export const need = (pdf: Pdf, height: number): void => {
  if (pdf.y + height > pdf.page.height - BOTTOM) pdf.addPage()
}

/** Drawn, but not read aloud. */
export const artifact = (pdf: Pdf, type: 'Pagination' | 'Layout', act: () => void): void => {
  pdf.markContent('Artifact', { type })
  act()
  pdf.endMarkedContent()
}

export const rule = (pdf: Pdf, y: number, weight = 0.5, colour = LINE): void =>
  artifact(pdf, 'Layout', () => {
    pdf
      .moveTo(MARGIN, y)
      .lineTo(MARGIN + WIDTH, y)
      .lineWidth(weight)
      .strokeColor(colour)
      .stroke()
  })
