import { XHTML_ENTITIES } from '../../fhir/xml/entities.ts'
import {
  type AllowedElement,
  attributeFault,
  attributeNamed,
  elementNamed,
  otherElement,
  shown,
  XHTML,
} from './allowed.ts'
import { endOfRun } from './plain.ts'
import {
  type Ends,
  endOfText,
  enter,
  leave,
  malformed,
  type NarrativeFault,
  type NarrativeReading,
  placeOf,
  type Reader,
  readerOf,
  report,
  unsafe,
} from './reader.ts'
import { type Attribute, endOfElementName, endOfSpace, endOfTag, isEmptyTag, namedIn, readAttribute } from './scan.ts'

const ENTITY = /&(?:([A-Za-z][A-Za-z0-9]{1,31})|#\d{1,7}|#x[0-9a-fA-F]{1,6});/y
const XML_ENTITIES: ReadonlySet<string> = new Set(['amp', 'lt', 'gt', 'quot', 'apos'])
/** The name of an entity that begins there in a text, where XHTML has it; mostly without a pattern. */
const entityNamed = namedIn(new Map([...XML_ENTITIES, ...XHTML_ENTITIES.keys()].map((name) => [name, name])))
const COMMENT = '!--'
const COMMENT_END = '-->'
const [EXCLAMATION, AMPERSAND, SLASH, SEMICOLON, LESS, GREATER, QUESTION] = [33, 38, 47, 59, 60, 62, 63]
const NONE: readonly string[] = []
/** The first fault of a narrative's `div`, or undefined where it has none. Takes time in proportion to its length. */
export const narrativeFault = (xhtml: string): NarrativeFault | undefined => readNarrative(xhtml, 1).faults[0]

/** Reads a narrative's `div` to its end, or to where it is no XHTML any more, or has more faults than are wanted. Takes time in proportion to its length. */
export const readNarrative = (xhtml: string, most: number): NarrativeReading => {
  const reader = readerOf(xhtml, most)
  readAll(reader)
  return reader
}

const checkAttribute = (reader: Reader, element: AllowedElement, { name, value }: Attribute): Ends => {
  if (name === 'id' || name === 'name') reader.targets.push(value)
  const isLink = name === 'href' || name === 'src'
  if (isLink && value.startsWith('#') && value.length > 1)
    reader.links.push({ to: value.slice(1), place: placeOf(reader, element) })
  const fault = attributeFault(element, name, value)
  return fault !== undefined && unsafe(reader, fault, element)
}

/** Reads the attributes of a start tag; their names, or that reading ends. */
const attributes = (reader: Reader, element: AllowedElement): readonly string[] | 'ends' => {
  const { xhtml } = reader
  if (xhtml.charCodeAt(reader.at) === GREATER) return NONE
  const seen: string[] = []
  const attribute: Attribute = { name: '', value: '' }
  for (let end = readAttribute(xhtml, reader.at, attribute, attributeNamed); end !== -1; ) {
    reader.at = end
    const { name } = attribute
    // They are few: each that FHIR does not know is a fault.
    if (seen.includes(name)) {
      malformed(reader, `has an attribute${shown(name)} twice in one element`)
      return 'ends'
    }
    seen.push(name)
    if (checkAttribute(reader, element, attribute)) return 'ends'
    end = readAttribute(xhtml, end, attribute, attributeNamed)
  }
  return seen
}

const startTag = (reader: Reader): Ends => {
  const { xhtml, open } = reader
  const element = elementNamed(xhtml, reader.at) ?? unknownElement(reader)
  if (element === 'ends') return true
  const { name, isBlock } = element
  reader.at += name.length
  if (
    isBlock &&
    reader.inParagraph &&
    report(reader, 'narrative-nesting', `has a <${name}> within a <p>, which holds text only`, element)
  )
    return true
  const seen = attributes(reader, element)
  if (seen === 'ends') return true
  const tagEnd = endOfTag(xhtml, reader.at)
  if (tagEnd === -1) return malformed(reader, `has a <${shown(name).slice(2, -1)}> whose attributes cannot be read`)
  reader.at = tagEnd
  if (open.length === 0 && (name !== 'div' || !seen.includes('xmlns')))
    return malformed(reader, `must be one <div xmlns="${XHTML}">`)
  if (name === 'img') reader.hasContent = true
  if (isEmptyTag(xhtml, tagEnd)) reader.isClosed = open.length === 0
  else enter(reader, element)
  return false
}

const unknownElement = (reader: Reader): AllowedElement | 'ends' => {
  const end = endOfElementName(reader.xhtml, reader.at)
  if (end === reader.at) {
    malformed(reader, 'has a "<" that begins no element; write it as &lt;')
    return 'ends'
  }
  const element = otherElement(reader.xhtml.slice(reader.at, end))
  const { name } = element
  return unsafe(reader, `has an element${shown(name)} that FHIR does not allow`, element) ? 'ends' : element
}

/** True where a text goes on with another from there. */
const goesOn = (text: string, part: string, from: number): boolean => {
  for (let at = 0; at < part.length; at++) if (text.charCodeAt(from + at) !== part.charCodeAt(at)) return false
  return true
}

const endTag = (reader: Reader): Ends => {
  const { xhtml, open, at } = reader
  const element = leave(reader)
  const end = at + (element?.name.length ?? 0)
  // Nothing else may stand before the end of the tag, so that a longer name is none that is closed here.
  const tagEnd = element === undefined || !goesOn(xhtml, element.name, at) ? -1 : endOfTag(xhtml, end)
  if (tagEnd === -1 || isEmptyTag(xhtml, tagEnd)) {
    return malformed(reader, 'closes an element that is not the one open')
  }
  reader.at = tagEnd
  reader.isClosed = open.length === 0
  return false
}

const markup = (reader: Reader): Ends => {
  const { xhtml } = reader
  const next = xhtml.charCodeAt(++reader.at)
  if (next === SLASH) {
    reader.at++
    return endTag(reader)
  }
  if (next === EXCLAMATION && goesOn(xhtml, COMMENT, reader.at)) {
    const end = xhtml.indexOf(COMMENT_END, reader.at + COMMENT.length)
    if (end === -1) return malformed(reader, 'has a comment that is not closed')
    reader.at = end + COMMENT_END.length
    return false
  }
  if (next === EXCLAMATION || next === QUESTION)
    return unsafe(reader, 'has a declaration, CDATA or processing instruction, which FHIR does not allow')
  return startTag(reader)
}

const text = (reader: Reader): Ends => {
  const { xhtml, at } = reader
  const end = endOfText(reader, at)
  reader.at = end
  const isInside = reader.open.length > 0
  if ((reader.hasContent && isInside) || endOfSpace(xhtml, at) >= end) return false
  if (!isInside) return malformed(reader, 'has text outside its div')
  reader.hasContent = true
  return false
}

const entity = (reader: Reader): Ends => {
  const common = entityNamed(reader.xhtml, reader.at + 1)
  const end = reader.at + 1 + (common?.length ?? 0)
  if (common !== undefined && reader.xhtml.charCodeAt(end) === SEMICOLON) {
    reader.at = end + 1
    reader.hasContent = true
    return false
  }
  ENTITY.lastIndex = reader.at
  const found = ENTITY.exec(reader.xhtml)
  if (found === null) return malformed(reader, 'has an "&" that begins no entity; write it as &amp;')
  reader.at = ENTITY.lastIndex
  const name = found[1]
  if (name !== undefined && !XML_ENTITIES.has(name) && !XHTML_ENTITIES.has(name))
    return malformed(reader, `has an entity${shown(name)} that XHTML does not have`)
  reader.hasContent = true
  return false
}

const BEGINNING = `<div xmlns="${XHTML}">`
const DIV = elementNamed('div', 0) as AllowedElement

const readAll = (reader: Reader): Ends => {
  const { xhtml, open } = reader
  // Most begin like this, and need not be read for it.
  if (xhtml.startsWith(BEGINNING)) {
    enter(reader, DIV)
    reader.at = BEGINNING.length
  }
  while (reader.at < xhtml.length) {
    const character = xhtml.charCodeAt(reader.at)
    if (character === LESS && reader.isClosed) return malformed(reader, 'goes on after its div')
    if (character === LESS && reader.hasContent && open.length > 0 && xhtml.charCodeAt(reader.at + 1) !== SLASH) {
      // Once there is content, what is plain changes nothing.
      const end = endOfRun(xhtml, reader.at, reader.inParagraph)
      if (end !== reader.at) {
        reader.at = end
        continue
      }
    }
    if (character === LESS ? markup(reader) : character === AMPERSAND ? entity(reader) : text(reader)) return true
  }
  if (reader.isClosed) return !reader.hasContent && report(reader, 'txt-2', 'has no content')
  return malformed(
    reader,
    open.length === 0 ? `must be one <div xmlns="${XHTML}">` : `does not close <${open.at(-1)?.name}>`,
  )
}
