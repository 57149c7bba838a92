import { XHTML_ENTITIES } from '../fhir/xml/entities.ts'
import { attributeFault, BLOCKS, ELEMENTS, shown, XHTML } from './xhtml/allowed.ts'

/**
 * Whether the XHTML of a narrative keeps to what FHIR allows (http://hl7.org/fhir/R4/narrative.html#xhtml): the basic formatting
 * elements of HTML 4.0, links, images and style attributes; nothing that runs, and nothing that fetches by itself from elsewhere.
 * Anything that this reader does not know is refused.
 */
export type NarrativeFault = Readonly<{
  key: 'narrative-unsafe' | 'narrative-malformed' | 'narrative-nesting' | 'txt-2'
  what: string
  /** The elements around it, e.g. `div/p/a`. */
  place: string
}>

/** A narrative as it was read. */
export type NarrativeReading = Readonly<{
  faults: readonly NarrativeFault[]
  /** What a link or image within the same resource leads to, without the `#`, and where it stands. */
  links: readonly Readonly<{ to: string; place: string }>[]
  /** What such a link may lead to: the ids and names of elements. */
  targets: readonly string[]
}>

const NAME = /[A-Za-z][A-Za-z0-9:._-]*/y
const ATTRIBUTE = /\s+([A-Za-z_][A-Za-z0-9:._-]*)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const TAG_END = /\s*(\/?)>/y
const ENTITY = /&(?:([A-Za-z][A-Za-z0-9]{1,31})|#\d{1,7}|#x[0-9a-fA-F]{1,6});/y
const XML_ENTITIES: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos'])
const COMMENT_END = '-->'
/** Elements that are shown of a place. */
const PLACE = 8

/** True where reading ends. */
type Ends = boolean

/** The first fault of a narrative's `div`, or undefined where it has none. Takes time in proportion to its length. */
export const narrativeFault = (xhtml: string): NarrativeFault | undefined => readNarrative(xhtml, 1).faults[0]

/** Reads a narrative's `div` to its end, or to where it is no XHTML any more, or has more faults than are wanted. Takes time in proportion to its length. */
export const readNarrative = (xhtml: string, most: number): NarrativeReading => {
  const faults: NarrativeFault[] = []
  const links: { to: string; place: string }[] = []
  const targets: string[] = []
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

  const placeOf = (name?: string): string => (name === undefined ? open : [...open, name]).slice(-PLACE).join('/')
  const report = (key: NarrativeFault['key'], what: string, name?: string): Ends => {
    faults.push({ key, what, place: placeOf(name) })
    // After markup that cannot be read, nothing can be told of what comes.
    return key === 'narrative-malformed' || faults.length >= most
  }
  const unsafe = (what: string, name?: string): Ends => report('narrative-unsafe', what, name)
  const malformed = (what: string): Ends => report('narrative-malformed', what)

  const attributeOf = (element: string, attribute: string, value: string): Ends => {
    if (attribute === 'id' || attribute === 'name') targets.push(value)
    const isLink = attribute === 'href' || attribute === 'src'
    if (isLink && value.startsWith('#') && value.length > 1) links.push({ to: value.slice(1), place: placeOf(element) })
    const fault = attributeFault(element, attribute, value)
    return fault !== undefined && unsafe(fault, element)
  }

  /** What a map of a picture holds may be a block, wherever it stands. */
  const isInParagraph = (): boolean => open.lastIndexOf('p') > open.lastIndexOf('map')

  const startTag = (): Ends => {
    const name = take(NAME)?.[0]
    if (name === undefined) return malformed('has a "<" that begins no element; write it as &lt;')
    if (!ELEMENTS.has(name) && unsafe(`has an element${shown(name)} that FHIR does not allow`)) return true
    if (
      BLOCKS.has(name) &&
      isInParagraph() &&
      report('narrative-nesting', `has a <${name}> within a <p>, which holds text only`, name)
    )
      return true
    const seen = new Set<string>()
    for (let match = take(ATTRIBUTE); match !== null; match = take(ATTRIBUTE)) {
      const attribute = match[1] as string
      if (seen.has(attribute)) return malformed(`has an attribute${shown(attribute)} twice in one element`)
      seen.add(attribute)
      if (attributeOf(name, attribute, match[2] ?? match[3] ?? '')) return true
    }
    const end = take(TAG_END)
    if (end === null) return malformed(`has a <${shown(name).slice(2, -1)}> whose attributes cannot be read`)
    if (open.length === 0 && (name !== 'div' || !seen.has('xmlns')))
      return malformed(`must be one <div xmlns="${XHTML}">`)
    if (name === 'img') hasContent = true
    if (end[1] === '') open.push(name)
    else if (open.length === 0) isClosed = true
    return false
  }

  const endTag = (): Ends => {
    const name = take(NAME)?.[0]
    const end = take(TAG_END)
    if (name === undefined || end === null || end[1] !== '' || open.pop() !== name)
      return malformed('closes an element that is not the one open')
    if (open.length === 0) isClosed = true
    return false
  }

  const markup = (): Ends => {
    if (xhtml.startsWith('<!--', at)) {
      const end = xhtml.indexOf(COMMENT_END, at + 4)
      if (end === -1) return malformed('has a comment that is not closed')
      at = end + COMMENT_END.length
      return false
    }
    at++
    if (xhtml[at] === '!' || xhtml[at] === '?')
      return unsafe('has a declaration, CDATA or processing instruction, which FHIR does not allow')
    if (xhtml[at] !== '/') return startTag()
    at++
    return endTag()
  }

  const text = (): Ends => {
    const next = /[<&]/g
    next.lastIndex = at
    const end = next.exec(xhtml)?.index ?? xhtml.length
    const isBlank = /^\s*$/.test(xhtml.slice(at, end))
    if (!isBlank && open.length === 0) return malformed('has text outside its div')
    if (!isBlank) hasContent = true
    at = end
    return false
  }

  const entity = (): Ends => {
    const found = take(ENTITY)
    if (found === null) return malformed('has an "&" that begins no entity; write it as &amp;')
    const name = found[1]
    if (name !== undefined && !XML_ENTITIES.has(name) && !XHTML_ENTITIES.has(name))
      return malformed(`has an entity${shown(name)} that XHTML does not have`)
    hasContent = true
    return false
  }

  const readAll = (): Ends => {
    while (at < xhtml.length) {
      const character = xhtml[at]
      if (character === '<' && isClosed) return malformed('goes on after its div')
      if (character === '<' ? markup() : character === '&' ? entity() : text()) return true
    }
    if (isClosed) return !hasContent && report('txt-2', 'has no content')
    return malformed(open.length === 0 ? `must be one <div xmlns="${XHTML}">` : `does not close <${open.at(-1)}>`)
  }

  readAll()
  return { faults, links, targets }
}
