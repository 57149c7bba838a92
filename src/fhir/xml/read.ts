import { SaxesParser, type SaxesTagNS } from 'saxes'
import { JSON_LIMITS } from '../json.ts'
import { lineAndColumn } from '../json-fault.ts'
import { type Problem, problem } from '../outcome.ts'
import type { Resource } from '../resource.ts'
import type { Child, Children } from './children.ts'
import { putPrimitive } from './primitive.ts'
import { FHIR_NAMESPACE } from './write.ts'
import { XHTML } from './xhtml.ts'

/** Elements that may be open at once: as deep as in JSON, and in a narrative so many more. */
const DEEPEST = JSON_LIMITS.depth
const DEEPEST_XHTML = 256
/** No element of FHIR or XHTML has half as many. */
const MOST_ATTRIBUTES = 64
/** Characters that are read in one step. */
const STEP = 65_536

/** XML's own entities, and no others: not even those that an object has from its prototype. */
const FIVE = Object.assign(Object.create(null) as Record<string, string>, {
  amp: '&',
  gt: '>',
  lt: '<',
  quot: '"',
  apos: "'",
})

/** A name that can be shown: it looks like an element, so it is no free text. */
const PLAIN_NAME = /^[A-Za-z][A-Za-z0-9]{0,63}$/
const shown = (name: string): string => (PLAIN_NAME.test(name) ? ` "${name}"` : '')

type Values = Record<string, unknown>

/** An element that is open. */
type Open = {
  /** What stands in it: elements of `path`, one resource, or XHTML. */
  readonly kind: 'root' | 'elements' | 'resource' | 'xhtml'
  readonly path: string
  /** Its place below the element around it, e.g. `.goal[0]`. */
  readonly step: string
  /** What it becomes in JSON; for a primitive, what stands beside its value. */
  readonly object: Values
  /** The child that was read last, and how often it has been there. */
  last: Readonly<{ name: string; child: Child }> | undefined
  count: number
  readonly close: () => void
}

/**
 * The resource in an XML text that nobody vouches for (http://hl7.org/fhir/R4/xml.html), as `parseFhirJson` returns the same in JSON. Each step
 * reads so much of it that others can be served in between; run it to its end for the resource. What it returns has only elements that R4 has,
 * each in its place and no more often than it may be, numbers and booleans as such. Nothing else has been checked.
 *
 * Throws a Problem `malformed` (400) with line and column: `xml-malformed`, `xml-doctype`, `xml-instruction`, `xml-encoding`, `xml-too-deep`,
 * `xml-namespace`, `xml-attribute`, `xml-element-unknown`, `xml-element-order`, `xml-element-repeated`, `xml-element-empty`, `xml-text`, `xml-value`,
 * `resource-type-unknown`.
 */
export function* parseFhirXml(text: string, children: Children): Generator<void, Resource> {
  const reader = createReader(text, children)
  for (let at = 0; at < text.length; at += STEP) {
    reader.write(text.slice(at, at + STEP))
    yield
  }
  return reader.end()
}

type Reader = Readonly<{ write: (chunk: string) => void; end: () => Resource }>

const createReader = (text: string, children: Children): Reader => {
  const parser = new SaxesParser({ xmlns: true, position: true, forceXMLVersion: true, defaultXMLVersion: '1.0' })
  parser.ENTITIES = FIVE
  const open: Open[] = []
  let resource: Resource | undefined
  /** In a narrative: where its `div` begins, and how many elements are open in it. */
  let divStart = 0
  let divDepth = 0

  /** Where the tag that was read last begins. */
  const tagStart = (): number => text.lastIndexOf('<', parser.position - 1)

  const refuse = (key: string, what: string, offset = tagStart()): Problem => {
    const place = lineAndColumn(text, offset)
    const expression = open.map(({ step }) => step).join('')
    return problem('malformed', key, `${what} (line ${place.line}, column ${place.column} of the XML)`, {
      place,
      ...(expression === '' ? {} : { expression }),
    })
  }

  parser.on('error', (error) => {
    // The words after a colon quote the text, which may hold anything.
    const what = error.message.replace(/^\d+:\d+: /, '').replace(/[:.].*$/s, '')
    throw refuse('xml-malformed', `The body is not well-formed XML: ${what}.`, Math.max(parser.position - 1, 0))
  })
  parser.on('xmldecl', ({ encoding, version }) => {
    if (version !== '1.0' || (encoding !== undefined && encoding.toLowerCase() !== 'utf-8'))
      throw refuse(
        'xml-encoding',
        'The XML declaration must say version 1.0 and, if it names one, the encoding UTF-8.',
        0,
      )
  })
  parser.on('doctype', () => {
    throw refuse('xml-doctype', 'A document type declaration is not read, nor any entity of it. Leave it out.')
  })
  parser.on('processinginstruction', () => {
    throw refuse('xml-instruction', 'Processing instructions are not read. Leave them out.')
  })

  const onText = (found: string): void => {
    if (open.at(-1)?.kind === 'xhtml' || !/\S/.test(found)) return
    throw refuse(
      'xml-text',
      'There is text between elements. FHIR writes what an element says in its attribute "value".',
      parser.position - 1,
    )
  }
  parser.on('text', onText)
  parser.on('cdata', onText)

  let attributes = 0
  parser.on('attribute', () => {
    attributes += 1
    if (attributes > MOST_ATTRIBUTES)
      throw refuse('xml-attribute', `An element has more than ${MOST_ATTRIBUTES} attributes.`, parser.position - 1)
  })
  parser.on('opentag', (tag) => {
    attributes = 0
    const around = open.at(-1)
    if (around?.kind === 'xhtml') {
      divDepth += 1
      if (divDepth > DEEPEST_XHTML)
        throw refuse('xml-too-deep', `The narrative is nested deeper than ${DEEPEST_XHTML} levels.`)
      return
    }
    if (open.length >= DEEPEST)
      throw refuse('xml-too-deep', `The body is nested deeper than ${DEEPEST} levels. Send a flatter resource.`)
    if (around === undefined || around.kind === 'resource') openResource(around, tag)
    else openElement(around, tag)
  })

  parser.on('closetag', () => {
    if (open.at(-1)?.kind === 'xhtml' && divDepth > 0) {
      divDepth -= 1
      return
    }
    const closed = open.at(-1) as Open
    closed.close()
    open.pop()
  })

  const checkNamespace = ({ uri, prefix, local, attributes }: SaxesTagNS, expected: string): void => {
    if (uri !== expected)
      throw refuse('xml-namespace', `The element${shown(local)} is not in the namespace ${expected}.`)
    if (expected === XHTML && (prefix !== '' || attributes['xmlns'] === undefined))
      throw refuse('xml-namespace', `A narrative must be written as <div xmlns="${XHTML}">, without a prefix.`)
  }

  /** The attributes of an element by name; only these may be there, and none may be empty. */
  const attributesOf = ({ attributes }: SaxesTagNS, allowed: readonly string[]): Readonly<Record<string, string>> => {
    const found: Record<string, string> = {}
    for (const { name, prefix, value } of Object.values(attributes)) {
      if (name === 'xmlns' || prefix === 'xmlns') continue
      if (!allowed.includes(name))
        throw refuse(
          'xml-attribute',
          `The attribute${shown(name)} has no place here. Allowed ${allowed.length === 0 ? 'is none' : `are ${allowed.join(', ')}`}.`,
        )
      if (value === '') throw refuse('xml-attribute', `The attribute "${name}" is empty. Leave out what has no value.`)
      found[name] = value
    }
    return found
  }

  const openResource = (around: Open | undefined, tag: SaxesTagNS): void => {
    checkNamespace(tag, FHIR_NAMESPACE)
    const type = tag.local
    if (around?.object['resource'] !== undefined)
      throw refuse('xml-element-repeated', 'Here one resource may stand. Repeat the element around it for another.')
    if (!children.isResource(type)) throw refuse('resource-type-unknown', `FHIR R4 has no resource type${shown(type)}.`)
    attributesOf(tag, [])
    const object: Values = { resourceType: type }
    if (around === undefined) resource = object as unknown as Resource
    else around.object['resource'] = object
    open.push({
      kind: 'elements',
      path: type,
      step: around === undefined ? type : '',
      object,
      last: undefined,
      count: 0,
      close: () => {},
    })
  }

  /** The child that this element is of the one around it, which must be allowed here and now. */
  const childOf = (around: Open, tag: SaxesTagNS): Child => {
    const known = children.of(around.path)
    const child = known.get(tag.local)
    if (child?.kind !== 'xhtml') checkNamespace(tag, FHIR_NAMESPACE)
    if (child === undefined)
      throw refuse(
        'xml-element-unknown',
        `There is no element${shown(tag.local)} here. R4 has ${[...known.keys()].slice(0, 40).join(', ')}.`,
      )
    if (child.kind === 'attribute')
      throw refuse('xml-attribute', `"${tag.local}" is an attribute here, not an element.`)
    const { last } = around
    if (last !== undefined && child.order < last.child.order)
      throw refuse(
        'xml-element-order',
        `"${tag.local}" must stand before "${last.name}": FHIR's XML has a fixed order.`,
      )
    if (last !== undefined && child.order === last.child.order && !child.repeats)
      throw refuse(
        'xml-element-repeated',
        last.name === tag.local
          ? `"${tag.local}" may stand once.`
          : `"${last.name}" and "${tag.local}" are forms of one element. Send one.`,
      )
    return child
  }

  const openElement = (around: Open, tag: SaxesTagNS): void => {
    const child = childOf(around, tag)
    const name = tag.local
    around.count = around.last?.name === name ? around.count + 1 : 0
    around.last = { name, child }
    const index = around.count
    const step = `.${child.element}${child.repeats ? `[${index}]` : ''}`
    const enter = (kind: Open['kind'], path: string, object: Values, close: () => void): void => {
      open.push({ kind, path, step, object, last: undefined, count: 0, close })
    }
    const put = (value: unknown): void => {
      if (!child.repeats) around.object[name] = value
      else if (index === 0) around.object[name] = [value]
      else (around.object[name] as unknown[]).push(value)
    }

    if (child.kind === 'primitive') {
      const { value, ...more } = attributesOf(tag, ['id', 'value'])
      enter('elements', 'Element', more, () => {
        if (value === undefined && Object.keys(more).length === 0) throw empty()
        const fault = putPrimitive(around.object, name, child, index, value, more)
        if (fault !== undefined) throw refuse('xml-value', fault)
      })
    } else if (child.kind === 'xhtml') {
      checkNamespace(tag, XHTML)
      divStart = tagStart()
      divDepth = 0
      enter('xhtml', '', {}, () => put(text.slice(divStart, parser.position)))
    } else if (child.kind === 'resource') {
      attributesOf(tag, [])
      const holder: Values = {}
      enter('resource', '', holder, () => {
        if (holder['resource'] === undefined) throw empty()
        put(holder['resource'])
      })
    } else {
      const object: Values = attributesOf(tag, child.type === 'Extension' ? ['id', 'url'] : ['id'])
      enter('elements', child.type, object, () => {
        if (Object.keys(object).length === 0) throw empty()
        put(object)
      })
    }
  }

  const empty = (): Problem =>
    refuse('xml-element-empty', 'The element is empty. Give it a value or elements, or leave it out.')

  return {
    write: (chunk) => void parser.write(chunk),
    end: () => {
      parser.close()
      return resource as Resource
    },
  }
}
