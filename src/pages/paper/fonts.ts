import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Font } from 'fontkit'

const { resolve } = createRequire(import.meta.url)

export type FontName = 'plain' | 'bold'
export type Fonts = Readonly<Record<FontName, Font>>

const read = async (file: string): Promise<Font> => {
  const { create } = await import('fontkit')
  return create(await readFile(resolve(file))) as Font
}

let opened: Promise<Fonts> | undefined

/**
 * The typeface that is embedded in every document: it holds the Latin, Greek and Cyrillic of people's names and words. Opened once, for
 * reading its tables takes longer than setting a page.
 */
export const fonts = (): Promise<Fonts> => {
  opened ??= open()
  return opened
}

const open = async (): Promise<Fonts> => ({
  plain: await read('dejavu-fonts-ttf/ttf/DejaVuSansCondensed.ttf'),
  bold: await read('dejavu-fonts-ttf/ttf/DejaVuSansCondensed-Bold.ttf'),
})

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
