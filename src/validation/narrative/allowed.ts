/** What FHIR allows in the XHTML of a narrative (http://hl7.org/fhir/R4/narrative.html#xhtml), and what of it could fetch or run something. */

import { namedIn } from './scan.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const COMMON = words('title style class id lang xml:lang dir accesskey tabindex')

const CELLS = 'align valign char charoff width height'
const ATTRIBUTES: Readonly<Record<string, ReadonlySet<string>>> = {
  a: words('href name charset type hreflang rel rev shape coords'),
  area: words('href alt nohref shape coords'),
  blockquote: words('cite'),
  caption: words('align'),
  col: words(`span ${CELLS}`),
  colgroup: words(`span ${CELLS}`),
  div: words('align'),
  hr: words('align width size'),
  img: words('src alt longdesc width height align usemap ismap border'),
  li: words('value'),
  map: words('name'),
  ol: words('type start'),
  p: words('align'),
  pre: words('xml:space'),
  q: words('cite'),
  table: words('align border cellpadding cellspacing frame rules summary width'),
  tbody: words(CELLS),
  td: words(`abbr axis colspan headers rowspan scope bgcolor nowrap ${CELLS}`),
  tfoot: words(CELLS),
  th: words(`abbr axis colspan headers rowspan scope bgcolor nowrap ${CELLS}`),
  thead: words(CELLS),
  tr: words(CELLS),
  ul: words('type'),
}

/** An element that may stand in a narrative. */
export type AllowedElement = Readonly<{
  name: string
  /** True for one that stands beside paragraphs and not in them (the content of `p` in XHTML 1.0, and in the schema that FHIR makes of it). */
  isBlock: boolean
  /** True for a paragraph, false for a map of a picture, which may hold blocks wherever it stands; undefined for what changes nothing of that. */
  isParagraph: boolean | undefined
  attributes: ReadonlySet<string>
}>

const BLOCKS = words('address blockquote div dl h1 h2 h3 h4 h5 h6 hr ol p pre table ul')

const PARAGRAPHS: Readonly<Record<string, boolean>> = { p: true, map: false }

/** The elements of a narrative by their names. */
export const ELEMENTS: ReadonlyMap<string, AllowedElement> = new Map(
  [
    ...words(
      'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var',
    ),
  ].map((name) => [
    name,
    {
      name,
      isBlock: BLOCKS.has(name),
      isParagraph: PARAGRAPHS[name],
      attributes: new Set([...COMMON, ...(ATTRIBUTES[name] ?? [])]),
    },
  ]),
)

/** As what an element that may not stand there is read on: so that what else is wrong is found as well. */
export const otherElement = (name: string): AllowedElement => ({
  name,
  isBlock: false,
  isParagraph: undefined,
  attributes: COMMON,
})

/** The element whose name begins there in a text, where it may stand in a narrative. */
export const elementNamed = namedIn(ELEMENTS)

/** The name of an attribute that begins there in a text, where FHIR knows it. */
export const attributeNamed = namedIn(
  new Map(
    ['xmlns', ...COMMON, ...Object.values(ATTRIBUTES).flatMap((names) => [...names])].map((name) => [name, name]),
  ),
)

const LINKS = words('href cite longdesc usemap')
export const XHTML = 'http://www.w3.org/1999/xhtml'

/** Names in messages are shown only where they are plain words, so that no text of a record gets out. */
export const shown = (name: string): string => (/^[A-Za-z][A-Za-z0-9:-]{0,31}$/.test(name) ? ` "${name}"` : '')

/** What is wrong with an attribute, as the rest of a sentence about the narrative; undefined where nothing is. */
export const attributeFault = (
  { name, attributes }: AllowedElement,
  attribute: string,
  value: string,
): string | undefined => {
  if (attribute === 'xmlns') return value === XHTML ? undefined : 'is in another namespace than XHTML'
  if (!attributes.has(attribute)) return `has an attribute${shown(attribute)} on <${name}> that FHIR does not allow`
  if (attribute === 'style')
    return HARMLESS_STYLE.test(value) || isSafeStyle(decode(value))
      ? undefined
      : 'has a style that fetches or runs something'
  if (attribute === 'src')
    return isOnTheWeb(value) || isSafeSource(decode(value))
      ? undefined
      : 'has an image from an address that FHIR does not allow'
  if (LINKS.has(attribute))
    return isOnTheWeb(value) || isSafeLink(decode(value))
      ? undefined
      : 'has a link whose scheme is not http, https, ftp, mailto, tel or urn'
  return undefined
}

/** Text of which nothing is written otherwise than a browser reads it, but for spaces and case. */
const PLAIN = /^[ !-%'-~]*$/

/** As a browser reads it: numeric references resolved; white space and control characters, which it skips in schemes, left out. */
const decode = (value: string): string => {
  if (PLAIN.test(value)) return value.replaceAll(' ', '').toLowerCase()
  return value
    .replace(/&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));?/g, (_, hex: string | undefined, decimal: string | undefined) => {
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : ''
    })
    .replace(/&(?:tab|newline);/gi, '')
    .replace(/&colon;/gi, ':')
    .replace(/[\p{Cc}\p{Cf}\s]/gu, '')
    .toLowerCase()
}

const schemeOf = (address: string): string | undefined => /^([^/?#]*?):/.exec(address)?.[1]

/** What begins so leads to the web or stays within the resource, however the rest of it is read. */
const isOnTheWeb = (address: string): boolean =>
  address.startsWith('http://') || address.startsWith('https://') || address.startsWith('#')

const SAFE_SCHEMES = words('http https ftp mailto tel urn')

const isSafeLink = (address: string): boolean => {
  const scheme = schemeOf(address)
  return scheme === undefined || SAFE_SCHEMES.has(scheme)
}

const isSafeSource = (address: string): boolean => {
  const scheme = schemeOf(address)
  return (
    scheme === undefined ||
    scheme === 'http' ||
    scheme === 'https' ||
    /^data:image\/(?:png|gif|jpeg);base64,/.test(address)
  )
}

/** A picture in a style that fetches from nowhere, or from beside the page: its bytes, or the name of a file. */
const PICTURE = /url\((?:'[^'"()\\]*'|"[^'"()\\]*"|[^'"()\\]*)\)/g
const IS_SAFE_PICTURE =
  /^url\(['"]?(?:data:image\/(?:png|gif|jpeg);base64,[a-z0-9+/=]*|[a-z0-9_-]+\.(?:png|gif|jpe?g))['"]?\)$/

/** Most styles: without functions, escapes and the letters j, v and z none of what runs can be written, with spaces in it or without. */
const HARMLESS_STYLE = /^[A-IK-UW-Ya-ik-uw-y0-9 :;#%.,-]*$/

/** Any function but a colour, a sum or a picture may fetch; a backslash may hide one. */
const isSafeStyle = (style: string): boolean =>
  !/(?<!rgba?|hsla?|calc)\(|@|javascript:|behaviou?r:|-moz-binding|[\\<]/.test(
    style.replace(PICTURE, (picture) => (IS_SAFE_PICTURE.test(picture) ? '' : picture)),
  )
