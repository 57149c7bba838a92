import { createRequire } from 'node:module'

const { resolve } = createRequire(import.meta.url)

/** Files of a typeface that is embedded in every document: it holds the Latin, Greek and Cyrillic of people's names and words. */
export const FONTS = {
  plain: () => resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
  bold: () => resolve('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
} as const

export type FontName = keyof typeof FONTS

/** Scripts that are written from right to left or whose letters change shape: pdfkit would set them wrongly. */
const NOT_SET =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Extended_Pictographic}\p{Variation_Selector}\u200d]/u

const REPLACEMENT = '\u25a1'

/**
 * The text with each character that cannot be set replaced by an empty square, and whether there was one. A word that is printed wrongly
 * would be worse than one that says it is missing.
 */
export const printable = (
  text: string,
  hasGlyph: (codePoint: number) => boolean,
): Readonly<{ text: string; complete: boolean }> => {
  let complete = true
  let shown = ''
  for (const character of text.normalize('NFC').replaceAll('\t', ' ')) {
    const known = character === '\n' || (hasGlyph(character.codePointAt(0) as number) && !NOT_SET.test(character))
    complete &&= known
    shown += known ? character : REPLACEMENT
  }
  return { text: shown, complete }
}
