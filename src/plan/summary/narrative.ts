import { neutralised, plainText } from './plain-text.ts'

/** The elements that a narrative is written with, all of them allowed by FHIR (http://hl7.org/fhir/R4/narrative.html#xhtml). */
export const NARRATIVE_ELEMENTS = ['p', 'strong', 'span', 'br'] as const
type NarrativeElement = Exclude<(typeof NARRATIVE_ELEMENTS)[number], 'br'>

declare const made: unique symbol
/** Well-formed XHTML. Only `element` makes one, so a text of the record cannot get into a narrative unescaped. */
export type Markup = Readonly<{ xhtml: string; [made]: true }>
export type Content = string | Markup | readonly Content[] | undefined

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Text as it may stand in an element or a quoted attribute of XHTML or HTML. */
export const escapeText = (text: string): string =>
  neutralised(text).replace(/[&<>"']/g, (character) => ESCAPES[character] as string)

const xhtmlOf = (content: Content): string => {
  if (content === undefined) return ''
  if (typeof content === 'string') return escapeText(content).replaceAll('\n', '<br/>')
  return 'xhtml' in content ? content.xhtml : content.map(xhtmlOf).join('')
}

/** One element. `kind` becomes its class: a code of ours, never a text of the record. */
export const element = (name: NarrativeElement, content: Content, kind?: string): Markup => {
  const attribute = kind === undefined ? '' : ` class="${escapeText(kind)}"`
  return { xhtml: `<${name}${attribute}>${xhtmlOf(content)}</${name}>` } as Markup
}

export const paragraph = (content: Content, kind?: string): Markup => element('p', content, kind)
export const strong = (content: Content): Markup => element('strong', content)
/** Words of a person, set apart from what the service says of them. */
export const quoted = (text: string): Markup => element('span', `“${plainText(text)}”`, 'quoted')

/** Date and author, at the end of what they belong to. */
export const source = (...content: Content[]): Markup => element('span', content, 'source')

/** Contents one after the other with a space between; what is undefined is left out. */
export const spaced = (...contents: readonly Content[]): Content =>
  contents
    .filter((content) => content !== undefined)
    .flatMap((content, index) => (index === 0 ? [content] : [' ', content]))

/** `Narrative.div` of these elements. */
export const division = (content: readonly Markup[]): string =>
  `<div xmlns="http://www.w3.org/1999/xhtml">${content.map(({ xhtml }) => xhtml).join('')}</div>`
