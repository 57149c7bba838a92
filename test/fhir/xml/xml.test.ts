import { readdirSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Narrative } from 'fhir/r4.js'
import { elementsOf, isAttribute, isPrimitive, isResourceType } from '../../../src/definitions/tables.ts'
import { parseFhirJson, stringifyFhirJson } from '../../../src/fhir/json.ts'
import { Problem } from '../../../src/fhir/outcome.ts'
import type { Resource } from '../../../src/fhir/resource.ts'
import { childrenBy } from '../../../src/fhir/xml/children.ts'
import { parseFhirXml } from '../../../src/fhir/xml/read.ts'
import { fhirXml } from '../../../src/fhir/xml/write.ts'
import { narrativeFault } from '../../../src/validation/narrative/narrative.ts'

const children = childrenBy({ elementsOf, isPrimitive, isAttribute, isResourceType })

const toXml = (json: string, pretty = false): string => fhirXml(parseFhirJson(json), children, pretty)

const fromXml = (xml: string): Resource => {
  const reading = parseFhirXml(xml, children)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
  }
}

const toJson = (xml: string): string => stringifyFhirJson(fromXml(xml))

const failureOf = (xml: string): Problem => {
  try {
    fromXml(xml)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('The text was accepted')
}

const goal = (content: string): string => `<Goal xmlns="http://hl7.org/fhir">${content}</Goal>`

describe('XML that nobody vouches for is refused with its place (http://hl7.org/fhir/R4/xml.html)', () => {
  type Case = {
    name: string
    text: string
    key: string
    place?: string
    says?: string
    hides?: string
    expression?: string
  }
  const cases = JSON.parse(readFileSync(new URL('xml-cases.json', import.meta.url), 'utf8')) as Case[]

  test.each(cases)('$name: $key', ({ text, key, place = 'line ', says = '', hides, expression }) => {
    const failure = failureOf(text)
    expect([failure.status, failure.issues.map((issue) => issue.key)]).toEqual([400, [key]])
    expect(failure.message).toContain(place)
    expect(failure.message).toContain(says)
    if (hides !== undefined) expect(failure.message).not.toContain(hides)
    if (expression !== undefined) expect(failure.issues[0]?.expression).toBe(expression)
  })

  test.each([65, 100_000])('%i levels are refused without overflowing the stack', (depth) => {
    const nested = '<extension url="urn:a">'.repeat(depth)
    expect(failureOf(`<Goal xmlns="http://hl7.org/fhir">${nested}`).issues[0]?.key).toBe('xml-too-deep')
  })

  test('64 levels are taken, as in JSON', () => {
    const around = 62
    const nested = `${'<extension url="urn:a">'.repeat(around)}<valueString value="x"/>${'</extension>'.repeat(around)}`
    expect(toJson(goal(nested))).toContain('"valueString":"x"')
  })

  test('a narrative of 100,000 levels is refused', () => {
    const div = `<div xmlns="http://www.w3.org/1999/xhtml">${'<b>'.repeat(100_000)}`
    expect(failureOf(`<Goal xmlns="http://hl7.org/fhir"><text><status value="generated"/>${div}`).issues[0]?.key).toBe(
      'xml-too-deep',
    )
  })
})

describe('whatever is sent', () => {
  const whole = toXml(readFileSync(new URL('../../../fixtures/people/margaret.json', import.meta.url), 'utf8'))

  test('it is taken, or refused as malformed: nothing else happens', () => {
    const harmful = fc.constantFrom(
      '<',
      '>',
      '/',
      '&',
      '"',
      "'",
      '=',
      ' ',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '<?x?>',
      '\r',
      '\u0001',
      'xmlns="urn:x"',
      '<a>',
      '</a>',
      '&#0;',
    )
    let taken = 0
    fc.assert(
      fc.property(
        fc.nat(whole.length),
        fc.nat(12),
        fc.oneof(harmful, fc.string({ maxLength: 4 })),
        (at, length, put) => {
          try {
            fromXml(whole.slice(0, at) + put + whole.slice(at + length))
            taken++
          } catch (error) {
            if (!(error instanceof Problem) || error.kind !== 'malformed') throw error
          }
        },
      ),
      { numRuns: 300 },
    )
    expect(taken).toBeLessThan(300)
  })

  test('more attributes than any element has are refused before they are gathered', () => {
    const many = Array.from({ length: 100_000 }, (_, index) => `xmlns:a${index}="urn:x"`).join(' ')
    expect(failureOf(goal(`<description ${many}/>`)).issues[0]?.key).toBe('xml-attribute')
  })
})

describe('XML is read as the JSON that says the same (http://hl7.org/fhir/R4/xml.html)', () => {
  test.each<[string, string, string]>([
    [
      'prefixes',
      '<f:Goal xmlns:f="http://hl7.org/fhir"><f:id value="1"/></f:Goal>',
      '{"resourceType":"Goal","id":"1"}',
    ],
    [
      'a declaration, a byte order mark, comments, single quotes and CRLF',
      "\ufeff<?xml version='1.0' encoding='utf-8'?>\r\n<!-- a -->\r\n<Goal xmlns='http://hl7.org/fhir'>\r\n  <id value='1'/><!-- b -->\r\n</Goal>\r\n",
      '{"resourceType":"Goal","id":"1"}',
    ],
    [
      'numbers, booleans, and decimals with all their digits',
      '<Parameters xmlns="http://hl7.org/fhir"><parameter><name value="a"/><valueDecimal value="1.00"/></parameter><parameter><name value="b"/><valueInteger value="-3"/></parameter><parameter><name value="c"/><valueBoolean value="false"/></parameter></Parameters>',
      '{"resourceType":"Parameters","parameter":[{"name":"a","valueDecimal":1.00},{"name":"b","valueInteger":-3},{"name":"c","valueBoolean":false}]}',
    ],
    [
      'id and extensions of a primitive',
      '<Patient xmlns="http://hl7.org/fhir"><birthDate id="b" value="1970-03-30"><extension url="urn:a"><valueString value="x"/></extension></birthDate></Patient>',
      '{"resourceType":"Patient","birthDate":"1970-03-30","_birthDate":{"id":"b","extension":[{"url":"urn:a","valueString":"x"}]}}',
    ],
    [
      'primitives in a row, with null where one says nothing',
      '<Patient xmlns="http://hl7.org/fhir"><name><given value="A"/><given><extension url="urn:a"><valueCode value="x"/></extension></given><given value="C" id="c"/><given value="D"/></name></Patient>',
      '{"resourceType":"Patient","name":[{"given":["A",null,"C","D"],"_given":[null,{"extension":[{"url":"urn:a","valueCode":"x"}]},{"id":"c"},null]}]}',
    ],
    [
      'references and white space in values',
      goal('<description><text value=" &lt;a&gt; &amp; &quot;b&quot;&#xA;&#x9;&#128512; "/></description>'),
      '{"resourceType":"Goal","description":{"text":" <a> & \\"b\\"\\n\\t😀 "}}',
    ],
    [
      'contained resources',
      goal(
        '<contained><Patient><id value="p"/></Patient></contained><contained><Group><id value="g"/></Group></contained>',
      ),
      '{"resourceType":"Goal","contained":[{"resourceType":"Patient","id":"p"},{"resourceType":"Group","id":"g"}]}',
    ],
    [
      'resources in entries, with their outcomes',
      '<Bundle xmlns="http://hl7.org/fhir"><entry><resource><Goal><id value="1"/></Goal></resource><response><status value="200"/><outcome><OperationOutcome><issue><severity value="information"/></issue></OperationOutcome></outcome></response></entry></Bundle>',
      '{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Goal","id":"1"},"response":{"status":"200","outcome":{"resourceType":"OperationOutcome","issue":[{"severity":"information"}]}}}]}',
    ],
    [
      'a narrative, as it stands',
      goal(
        '<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p class=\'a\'>1 &lt; 2&#160;<br/><!-- c --></p></div></text>',
      ),
      '{"resourceType":"Goal","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p class=\'a\'>1 &lt; 2&#160;<br/><!-- c --></p></div>"}}',
    ],
  ])('%s', (_about, xml, json) => {
    expect(toJson(xml)).toBe(json)
  })

  test('whatever the text: the value that goes in comes out', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (given) => {
        const text = given.replaceAll('\0', ' ')
        const taken = text.replace(/[^\t\n\r -\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
        const json = JSON.stringify({ resourceType: 'Goal', description: { text } })
        expect(JSON.parse(toJson(toXml(json)))).toEqual({ resourceType: 'Goal', description: { text: taken } })
      }),
    )
  })

  test('text in several steps is read as in one', () => {
    const long = `<div xmlns="http://www.w3.org/1999/xhtml">${'<p>😀 a</p>\r\n'.repeat(20_000)}</div>`
    const { text } = fromXml(
      goal(`<text><status value="generated"/>${long}</text><id value="1"/>`.replace('<id value="1"/>', '')),
    ) as {
      text?: Narrative
    }
    expect(text?.div).toBe(long)
  })
})

describe('XML is written as the standard wants it (http://hl7.org/fhir/R4/xml.html)', () => {
  test('in the order of the standard, whatever the order of the JSON', () => {
    expect(
      toXml('{"subject":{"reference":"Patient/1"},"lifecycleStatus":"active","id":"1","resourceType":"Goal"}'),
    ).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Goal xmlns="http://hl7.org/fhir"><id value="1"/><lifecycleStatus value="active"/><subject><reference value="Patient/1"/></subject></Goal>',
    )
  })

  test('indented, with nothing changed in a narrative', () => {
    const json =
      '{"resourceType":"Goal","id":"1","text":{"status":"generated","div":"<div xmlns=\\"http://www.w3.org/1999/xhtml\\"><p>a</p></div>"},"description":{"text":"x"}}'
    const xml = toXml(json, true)
    expect(xml.split('\n')).toEqual([
      '<?xml version="1.0" encoding="UTF-8"?>',
      '<Goal xmlns="http://hl7.org/fhir">',
      '  <id value="1"/>',
      '  <text>',
      '    <status value="generated"/>',
      '    <div xmlns="http://www.w3.org/1999/xhtml"><p>a</p></div>',
      '  </text>',
      '  <description>',
      '    <text value="x"/>',
      '  </description>',
      '</Goal>',
      '',
    ])
    expect(toJson(xml)).toBe(json)
  })

  test('what R4 does not have is never left out in silence', () => {
    for (const more of [{ colour: 'red' }, { _description: { id: 'a' } }, { description: { _id: { id: 'a' } } }])
      expect(() => fhirXml({ resourceType: 'Goal', ...more }, children)).toThrow('R4 has no property')
  })

  test('an entity that XHTML does not have stays text in a narrative that was stored before it was refused', () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml">&unheard;</div>'
    expect(narrativeFault(div)?.key).toBe('narrative-malformed')
    const resource = { resourceType: 'Goal', text: { status: 'generated', div } }
    expect(fhirXml(resource, children)).toContain('&amp;unheard;')
  })

  test.each([
    ['a &nbsp; b &eacute; &hearts;', 'a &#160; b &#233; &#9829;'],
    ['&copy; &amp; &lt;', '&#169; &amp; &lt;'],
    ['<a href="?a=1&b=2">x</a>', '<a href="?a=1&amp;b=2">x</a>'],
    ['x <!-- a -- b --->', 'x <!-- a - - b - -->'],
    ['a ]]> b &#1; &#xD800; &#xFFFFFF; &#x41;', 'a ]]&gt; b &#xFFFD; &#xFFFD; &#xFFFD; &#x41;'],
  ])('what HTML takes in a narrative and XML does not: %s', (html, xml) => {
    const div = (text: string): string => `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>`
    expect(narrativeFault(div(html))).toBeUndefined()
    const resource = { resourceType: 'Goal', text: { status: 'generated', div: div(html) } }
    const { text } = fromXml(fhirXml(resource, children)) as { text?: Narrative }
    expect(text?.div).toBe(div(xml))
    expect(narrativeFault(text?.div ?? '')).toBeUndefined()
  })

  test('every narrative that is safe in JSON is well-formed in XML, and safe when it comes back', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<p>',
        '</p>',
        '<br/>',
        '<b title="',
        "<i title='",
        '">',
        "'>",
        '</b>',
        '</i>',
        '<!--',
        '-->',
        '--',
        '-',
        '&',
        '&amp;',
        '&nbsp;',
        '&x;',
        '&#',
        '1;',
        '&#x',
        ']]>',
        ' ',
        'a',
        ';',
      ),
      fc.string({ maxLength: 3 }),
    )
    let safe = 0
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const div = `<div xmlns="http://www.w3.org/1999/xhtml">x${pieces.join('')}</div>`
        if (narrativeFault(div) !== undefined) return
        safe++
        const resource = { resourceType: 'Goal', text: { status: 'generated', div } }
        const { text } = fromXml(fhirXml(resource, children)) as { text?: Narrative }
        expect(narrativeFault(text?.div ?? '')).toBeUndefined()
      }),
      { numRuns: 5_000 },
    )
    expect(safe).toBeGreaterThan(200)
  })
})

describe('JSON → XML → JSON says the same (http://hl7.org/fhir/R4/xml.html)', () => {
  const folder = new URL('../../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
  /** Definitions are not what KeyPlan stores, and they are 90 % of what there is to read; the 14 largest files are Bundles of them. */
  const DEFINITIONS =
    /^(?:StructureDefinition|SearchParameter|ValueSet|CodeSystem|OperationDefinition|ConceptMap|NamingSystem|CompartmentDefinition|package)/
  const MOST_BYTES = 1_000_000
  const names = readdirSync(folder).filter(
    (name) => name.endsWith('.json') && !DEFINITIONS.test(name) && statSync(new URL(name, folder)).size < MOST_BYTES,
  )

  test('there is an example of nearly every resource type', () => {
    expect(names.length).toBeGreaterThan(700)
    expect(new Set(names.map((name) => name.split('-')[0])).size).toBeGreaterThan(120)
  })

  test('for each of the official examples of R4', () => {
    const changed: string[] = []
    for (const name of names) {
      const before = stringifyFhirJson(parseFhirJson(readFileSync(new URL(name, folder), 'utf8')))
      const after = toJson(toXml(before))
      // Byte for byte but for the order of properties, which JSON leaves open.
      if (after !== before && sorted(after) !== sorted(before)) changed.push(name)
    }
    expect(changed).toEqual([])
  })

  const fixtures = new URL('../../../fixtures/', import.meta.url)
  test('for each synthetic person', () => {
    for (const name of readdirSync(new URL('people/', fixtures))) {
      const before = stringifyFhirJson(parseFhirJson(readFileSync(new URL(`people/${name}`, fixtures), 'utf8')))
      expect([name, sorted(toJson(toXml(before)))]).toEqual([name, sorted(before)])
    }
  })

  test('for each definition in the FHIR package', () => {
    const packaged = new URL('../../../profiles/package/', import.meta.url)
    for (const name of readdirSync(packaged).filter((file) => /^[A-Z].*\.json$/.test(file))) {
      const before = stringifyFhirJson(parseFhirJson(readFileSync(new URL(name, packaged), 'utf8')))
      expect([name, sorted(toJson(toXml(before)))]).toEqual([name, sorted(before)])
    }
  })
})

/** The same JSON with the members of every object in the order of their names; numbers keep their digits. */
const sorted = (json: string): string => {
  const order = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(order)
    return Object.fromEntries(
      Object.entries(value)
        .sort(([one], [other]) => (one < other ? -1 : 1))
        .map(([name, child]) => [name, order(child)]),
    )
  }
  // A number becomes a string of its digits, so that 1.00 and 1 differ.
  const digits = json.replace(
    /("(?:[^"\\]|\\.)*")|(-?\d[\d.eE+-]*)/g,
    (_, text?: string, number?: string) => text ?? `"#${number}"`,
  )
  return JSON.stringify(order(JSON.parse(digits)))
}
