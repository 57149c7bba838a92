/**
 * Whether the XHTML of a narrative keeps to what FHIR allows (http://hl7.org/fhir/R4/narrative.html#xhtml): the basic formatting
 * elements of HTML 4.0, links, images and style attributes; nothing that runs, and nothing that fetches by itself from elsewhere.
 * Anything that this reader does not know is refused.
 */
export type NarrativeFault = Readonly<{ key: 'narrative-unsafe' | 'narrative-malformed' | 'txt-2'; what: string }>

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const ELEMENTS = words(
  'a abbr acronym address area b bdo big blockquote br caption cite code col colgroup dd del dfn div dl dt em h1 h2 h3 h4 h5 h6 hr i img ins kbd li map ol p pre q samp small span strong sub sup table tbody td tfoot th thead tr tt u ul var',
)

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

const LINKS = words('href cite longdesc usemap')
const XHTML = 'http://www.w3.org/1999/xhtml'

const NAME = /[A-Za-z][A-Za-z0-9:._-]*/y
const ATTRIBUTE = /\s+([A-Za-z_][A-Za-z0-9:._-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const TAG_END = /\s*(\/?)>/y
const ENTITY = /&(?:[A-Za-z][A-Za-z0-9]{1,31}|#\d{1,7}|#x[0-9a-fA-F]{1,6});/y
const COMMENT_END = '-->'

const unsafe = (what: string): NarrativeFault => ({ key: 'narrative-unsafe', what })
const malformed = (what: string): NarrativeFault => ({ key: 'narrative-malformed', what })

/** Names in messages are shown only where they are plain words, so that no text of a record gets out. */
const shown = (name: string): string => (/^[A-Za-z][A-Za-z0-9:-]{0,31}$/.test(name) ? ` "${name}"` : '')

/** The first fault of a narrative's `div`, or undefined where it has none. Takes time in proportion to its length. */
export const narrativeFault = (xhtml: string): NarrativeFault | undefined => {
  const open: string[] = []
  let at = 0
  let hasContent = false
  let isClosed = false

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(xhtml)
    if (match !== null) at = pattern.lastIndex
    return match
  }

  const startTag = (): NarrativeFault | undefined => {
    const name = take(NAME)?.[0]
    if (name === undefined) return malformed('has a "<" that begins no element; write it as &lt;')
    if (!ELEMENTS.has(name)) return unsafe(`has an element${shown(name)} that FHIR does not allow`)
    const seen = new Set<string>()
    for (let match = take(ATTRIBUTE); match !== null; match = take(ATTRIBUTE)) {
      const attribute = match[1] as string
      if (seen.has(attribute)) return malformed(`has an attribute${shown(attribute)} twice in one element`)
      seen.add(attribute)
      const fault = attributeFault(name, attribute, match[2] ?? match[3] ?? '')
      if (fault !== undefined) return fault
    }
    const end = take(TAG_END)
    if (end === null) return malformed(`has a <${name}> whose attributes cannot be read`)
    if (open.length === 0 && (name !== 'div' || !seen.has('xmlns')))
      return malformed(`must be one <div xmlns="${XHTML}">`)
    if (name === 'img') hasContent = true
    if (end[1] === '') open.push(name)
    else if (open.length === 0) isClosed = true
    return undefined
  }

  const endTag = (): NarrativeFault | undefined => {
    const name = take(NAME)?.[0]
    const end = take(TAG_END)
    if (name === undefined || end === null || end[1] !== '' || open.pop() !== name)
      return malformed('closes an element that is not the one open')
    if (open.length === 0) isClosed = true
    return undefined
  }

  const markup = (): NarrativeFault | undefined => {
    if (xhtml.startsWith('<!--', at)) {
      const end = xhtml.indexOf(COMMENT_END, at + 4)
      if (end === -1) return malformed('has a comment that is not closed')
      at = end + COMMENT_END.length
      return undefined
    }
    at++
    if (xhtml[at] === '!' || xhtml[at] === '?')
      return unsafe('has a declaration, CDATA or processing instruction, which FHIR does not allow')
    if (xhtml[at] !== '/') return startTag()
    at++
    return endTag()
  }

  while (at < xhtml.length) {
    const character = xhtml[at]
    if (character === '<') {
      if (isClosed) return malformed('goes on after its div')
      const fault = markup()
      if (fault !== undefined) return fault
    } else if (character === '&') {
      if (take(ENTITY) === null) return malformed('has an "&" that begins no entity; write it as &amp;')
      hasContent = true
    } else {
      const next = /[<&]/g
      next.lastIndex = at
      const end = next.exec(xhtml)?.index ?? xhtml.length
      const isBlank = /^\s*$/.test(xhtml.slice(at, end))
      if (!isBlank && open.length === 0) return malformed('has text outside its div')
      if (!isBlank) hasContent = true
      at = end
    }
  }
  if (!isClosed)
    return malformed(open.length === 0 ? `must be one <div xmlns="${XHTML}">` : `does not close <${open.at(-1)}>`)
  return hasContent ? undefined : { key: 'txt-2', what: 'has no content' }
}

const attributeFault = (element: string, attribute: string, value: string): NarrativeFault | undefined => {
  if (attribute === 'xmlns') return value === XHTML ? undefined : unsafe('is in another namespace than XHTML')
  if (!COMMON.has(attribute) && ATTRIBUTES[element]?.has(attribute) !== true) {
    return unsafe(`has an attribute${shown(attribute)} on <${element}> that FHIR does not allow`)
  }
  const plain = decode(value)
  if (attribute === 'style')
    return isSafeStyle(plain) ? undefined : unsafe('has a style that fetches or runs something')
  if (attribute === 'src')
    return isSafeSource(plain) ? undefined : unsafe('has an image from an address that FHIR does not allow')
  if (LINKS.has(attribute))
    return isSafeLink(plain) ? undefined : unsafe('has a link whose scheme is not http, https, mailto, tel or urn')
  return undefined
}

/** As a browser reads it: numeric references resolved; white space and control characters, which it skips in schemes, left out. */
const decode = (value: string): string =>
  value
    .replace(/&#(?:x([0-9a-fA-F]{1,6})|(\d{1,7}));?/g, (_, hex: string | undefined, decimal: string | undefined) => {
      const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
      return point <= 0x10ffff ? String.fromCodePoint(point) : ''
    })
    .replace(/&(?:tab|newline);/gi, '')
    .replace(/&colon;/gi, ':')
    .replace(/[\p{Cc}\p{Cf}\s]/gu, '')
    .toLowerCase()

const schemeOf = (address: string): string | undefined => /^([^/?#]*?):/.exec(address)?.[1]

const SAFE_SCHEMES = words('http https mailto tel urn')

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

/** Any function but a colour or a sum may fetch; a backslash may hide one. */
const isSafeStyle = (style: string): boolean =>
  !/(?<!rgba?|hsla?|calc)\(|@|javascript:|behaviou?r:|-moz-binding|[\\<]/.test(style)
