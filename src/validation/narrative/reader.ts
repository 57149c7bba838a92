/** A narrative that is being read: where the reader stands, what is open there, what was found so far. */
import type { AllowedElement } from './allowed.ts'

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

/** Elements that are shown of a place. */
const PLACE = 8

/** True where reading ends. */
export type Ends = boolean

/** A narrative that is being read, and what was found in it so far. */
export type Reader = {
  readonly xhtml: string
  /** Faults after which reading ends. */
  readonly most: number
  readonly faults: NarrativeFault[]
  readonly links: { to: string; place: string }[]
  readonly targets: string[]
  /** The elements that are open. */
  readonly open: AllowedElement[]
  /** True within a paragraph. */
  inParagraph: boolean
  /** The same around each open element that changes it. */
  readonly outside: boolean[]
  at: number
  /** Where the next `<` and the next `&` stand, from where they were looked for last: never twice for the same. */
  tag: number
  ampersand: number
  hasContent: boolean
  isClosed: boolean
}

/** Where a text begins in another, or the end of that. */
const positionOf = (text: string, part: string, from: number): number => {
  const found = text.indexOf(part, from)
  return found === -1 ? text.length : found
}

export const readerOf = (xhtml: string, most: number): Reader => ({
  xhtml,
  most,
  faults: [],
  links: [],
  targets: [],
  open: [],
  inParagraph: false,
  outside: [],
  at: 0,
  tag: positionOf(xhtml, '<', 0),
  ampersand: positionOf(xhtml, '&', 0),
  hasContent: false,
  isClosed: false,
})

/** Where the next `<` or `&` stands from there on, or the end of the text. */
export const endOfText = (reader: Reader, from: number): number => {
  if (reader.ampersand < from) reader.ampersand = positionOf(reader.xhtml, '&', from)
  if (reader.tag < from) reader.tag = positionOf(reader.xhtml, '<', from)
  return Math.min(reader.tag, reader.ampersand)
}

export const enter = (reader: Reader, element: AllowedElement): void => {
  reader.open.push(element)
  if (element.isParagraph === undefined) return
  reader.outside.push(reader.inParagraph)
  reader.inParagraph = element.isParagraph
}

export const leave = (reader: Reader): AllowedElement | undefined => {
  const element = reader.open.pop()
  if (element?.isParagraph !== undefined) reader.inParagraph = reader.outside.pop() === true
  return element
}

export const placeOf = ({ open }: Reader, inner?: AllowedElement): string =>
  (inner === undefined ? open : [...open, inner])
    .slice(-PLACE)
    .map(({ name }) => name)
    .join('/')

export const report = (reader: Reader, key: NarrativeFault['key'], what: string, inner?: AllowedElement): Ends => {
  reader.faults.push({ key, what, place: placeOf(reader, inner) })
  // After markup that cannot be read, nothing can be told of what comes.
  return key === 'narrative-malformed' || reader.faults.length >= reader.most
}
export const unsafe = (reader: Reader, what: string, inner?: AllowedElement): Ends =>
  report(reader, 'narrative-unsafe', what, inner)
export const malformed = (reader: Reader, what: string): Ends => report(reader, 'narrative-malformed', what)
