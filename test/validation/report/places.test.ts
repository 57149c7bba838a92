import { describe, expect, test } from '@jest/globals'
import { checkText, located } from '../../../src/validation/report/check.ts'
import { textLines } from '../../../src/validation/report/text-lines.ts'
import type { Finding, Validator } from '../../../src/validation/validator.ts'

const finding = (expression: string): Finding => ({
  severity: 'error',
  code: 'value',
  key: 'invalid-value',
  text: 'Not so.',
  expression,
})

const JSON_TEXT = `{
  "resourceType": "Patient",
  "birthDate": "1950", "_birthDate": { "extension": [ { "url": "urn:x" } ] },
  "name": [
    { "given": [ "A \\"}", null ], "_given": [ null, { "id": "g" } ] },
    { "family": "B" }
  ],
  "multipleBirthInteger" : 2,
  "contact": [],
  "maritalStatus": {},
  "contained": [ { "resourceType": "Goal", "subject": { "reference": "#" } } ]
}
`

const XML_TEXT = `<?xml version="1.0" encoding="UTF-8"?>
<!-- <name/> -->
<Patient xmlns="http://hl7.org/fhir">
  <text><status value="empty"/><div xmlns="http://www.w3.org/1999/xhtml"><p>a &gt; b</p></div></text>
  <contained><Goal><subject><reference value="#>"/></subject></Goal></contained>
  <name><given value="A"/><given value="C"/></name>
  <name>
    <family value='B'/>
  </name>
  <birthDate value="1950"><extension url="urn:x"><valueCode value="y"/></extension></birthDate>
  <multipleBirthInteger value="2"/>
</Patient>`

type Case = readonly [expression: string, json: string, xml: string]

const CASES: readonly Case[] = [
  ['Patient', '1:1', '3:1'],
  ['Patient.birthDate', '3:3', '10:3'],
  ['Patient.birthDate.extension[0].url', '3:57', '10:27'],
  ['Patient.name', '4:3', '6:3'],
  ['Patient.name[0]', '5:5', '6:3'],
  ['Patient.name[0].given', '5:7', '6:9'],
  ['Patient.name[0].given[0]', '5:18', '6:9'],
  ['Patient.name[0].given[1]', '5:27', '6:27'],
  ['Patient.name[1].family', '6:7', '8:5'],
  ['Patient.name.family', '4:3', '6:3'],
  ['Patient.multipleBirth', '8:3', '11:3'],
  ['Patient.multipleBirth.ofType(integer)', '8:3', '11:3'],
  ['Patient.contained[0].subject.reference', '11:57', '5:29'],
  // What is missing is shown at what it is missing from.
  ['Patient.name[1].use', '6:5', '7:3'],
  ['Patient.gender', '1:1', '3:1'],
]

describe('A finding is at the line and column of its element', () => {
  const placesOf = (text: string, format: 'json' | 'xml') =>
    located(
      { text, format },
      CASES.map(([expression]) => finding(expression)),
    ).map(({ place }) => (place === undefined ? 'nowhere' : `${place.line}:${place.column}`))

  test('of JSON', () => {
    expect(placesOf(JSON_TEXT, 'json')).toEqual(CASES.map(([, json]) => json))
  })

  test('of XML', () => {
    expect(placesOf(XML_TEXT, 'xml')).toEqual(CASES.map(([, , xml]) => xml))
  })

  test('an element that is a list of nothing, or an object of nothing, has its place', () => {
    const [contact, status] = located({ text: JSON_TEXT, format: 'json' }, [
      finding('Patient.contact'),
      finding('Patient.maritalStatus'),
    ])
    expect([contact?.place, status?.place]).toEqual([
      { line: 9, column: 3 },
      { line: 10, column: 3 },
    ])
    expect(JSON_TEXT.slice(contact?.span?.start, contact?.span?.end)).toBe('"contact": []')
  })

  test('inside what the resource was sent in', () => {
    const text = `{"resourceType":"Parameters","parameter":[{"name":"mode"},{"name":"resource","resource":${JSON_TEXT}}]}`
    const [found] = located(
      { text, format: 'json' },
      [finding('Patient.name[1].family')],
      'Parameters.parameter[1].resource',
    )
    expect(text.slice(found?.span?.start, found?.span?.end)).toBe('"family": "B"')
  })

  test('a text of a million elements is read in one pass', () => {
    const text = `{"a":[${'{"b":[1]},'.repeat(500_000)}{"b":[2]}]}`
    const [found] = located({ text, format: 'json' }, [finding('X.a[500000].b[0]')])
    expect(text.slice(found?.span?.start, found?.span?.end)).toBe('2')
  })
})

describe('A text that is no resource', () => {
  const never: Validator = {
    validate() {
      throw new Error('There is nothing to validate')
    },
  }

  test.each([
    ['json', '{\n  "resourceType": "Goal",\n  "a": 1,\n}', 'json-malformed', { line: 4, column: 1 }],
    ['json', '{\n  "a": 1,\n  "a": 2 }', 'json-duplicate-key', { line: 3, column: 3 }],
    ['json', '[]', 'resource-type-missing', undefined],
    ['xml', '<Goal xmlns="http://hl7.org/fhir">\n  <colour/></Goal>', 'xml-element-unknown', { line: 2, column: 3 }],
  ] as const)('%s %j has one fatal finding', (format, text, key, place) => {
    const { findings, resourceType } = checkText(never, { text, format })
    expect(findings).toMatchObject([{ severity: 'fatal', key, ...(place === undefined ? {} : { place }) }])
    expect(resourceType).toBeUndefined()
  })
})

test('lines are counted from 1 and end where they end', () => {
  const lines = textLines('a\r\nbc\n\nd')
  expect([0, 2, 3, 5, 6, 7].map((offset) => lines.placeOf(offset))).toEqual([
    { line: 1, column: 1 },
    { line: 1, column: 3 },
    { line: 2, column: 1 },
    { line: 2, column: 3 },
    { line: 3, column: 1 },
    { line: 4, column: 1 },
  ])
  expect([1, 2, 3, 4, 5].map((number) => lines.line(number))).toEqual(['a', 'bc', '', 'd', undefined])
})
