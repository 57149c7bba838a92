import { XHTML_ENTITIES } from './entities.ts'

export const XHTML = 'http://www.w3.org/1999/xhtml'

/** What XML 1.0 cannot hold (https://www.w3.org/TR/xml/#charsets). */
const NO_XML_CHARACTER = /[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu

/** The text with U+FFFD in the place of each character that XML cannot hold. */
export const xmlCharacters = (text: string): string => text.replace(NO_XML_CHARACTER, '\ufffd')

const TOKEN = /<!--([\s\S]*?)-->|&(?:([A-Za-z][A-Za-z0-9]*)|#(\d+)|#x([0-9a-fA-F]+));|&|\]\]>/g

const isCharacter = (point: number): boolean =>
  point <= 0x10ffff && xmlCharacters(String.fromCodePoint(point)) === String.fromCodePoint(point)

const FIVE: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos'])

const named = (whole: string, name: string): string => {
  if (FIVE.has(name)) return whole
  const point = XHTML_ENTITIES.get(name)
  // What XHTML does not know is no entity but text, as browsers have it.
  return point === undefined ? `&amp;${name};` : `&#${point};`
}

/**
 * A narrative's `div` as it can stand in XML: the same text, where it is XML already. What HTML takes and XML does not is written as XML has it:
 * named entities as numbers, a lone ampersand as `&amp;`.
 * @param div a `div` in which validation found no fault
 */
export const divAsXml = (div: string): string =>
  xmlCharacters(div).replace(
    TOKEN,
    (
      whole,
      comment: string | undefined,
      name: string | undefined,
      decimal: string | undefined,
      hex: string | undefined,
    ) => {
      if (comment !== undefined) return `<!--${comment.replace(/-(?=-|$)/g, '- ')}-->`
      if (name !== undefined) return named(whole, name)
      if (whole === '&') return '&amp;'
      if (whole === ']]>') return ']]&gt;'
      const point = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal)
      return isCharacter(point) ? whole : '&#xFFFD;'
    },
  )
