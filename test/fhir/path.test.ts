import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { lineageOf, propertiesOfElement } from '../../src/definitions/tables.ts'
import { compilePath, type Focus, type TypeModel } from '../../src/fhir/path.ts'

type Case = { expression: string; values?: unknown[]; types?: string[]; outside?: boolean }
const cases = JSON.parse(readFileSync(new URL('path-cases.json', import.meta.url), 'utf8')) as Case[]

const model: TypeModel = (type, element) =>
  propertiesOfElement(type, element).map((property) => ({ property: property.property, type: property.type.code }))
const focus: Focus = { types: ['Patient'], names: lineageOf('Patient'), model }
const compile = (expression: string) => compilePath(expression, focus)

const patient = {
  resourceType: 'Patient',
  id: 'p',
  name: [
    { family: 'Sample', given: ['Ada', null, 'B'], _given: [null, { id: 'x' }, null] },
    { given: ['C'], extension: [{ url: 'http://a/c' }] },
  ],
  extension: [
    { url: 'http://a/b', valueDate: '2026-01-01' },
    { url: 'http://a/b', valueString: 'x' },
  ],
  telecom: [
    { system: 'phone', value: '1' },
    { system: 'email', value: '2' },
  ],
  gender: 'female',
  deceasedDateTime: '2024-01-01',
  generalPractitioner: [
    { reference: 'Practitioner/1' },
    { reference: 'Organization/1' },
    { reference: 'https://a.example/fhir/Practitioner/2/_history/3' },
    { type: 'Practitioner' },
    { reference: 'urn:uuid:1' },
    { display: 'x' },
  ],
}

describe('The FHIRPath subset of search parameters (hl7.org/fhirpath/N1)', () => {
  test.each(cases)('$expression', ({ expression, values, types, outside }) => {
    const compiled = compile(expression)
    if (outside === true) {
      expect(compiled).toBeUndefined()
      return
    }
    expect(compiled?.types).toEqual(types)
    const found = compiled?.values({ value: patient, type: 'Patient' }) ?? []
    expect(found.map(({ value }) => value)).toEqual(values)
    for (const { type } of found) expect(types).toContain(type)
  })

  test('any text is compiled or is outside the subset; nothing is thrown', () => {
    const part = fc.constantFrom(
      'Patient',
      '.',
      'name',
      'where',
      '(',
      ')',
      '|',
      ' as ',
      "'x'",
      '=',
      '[0]',
      'and',
      'resolve() is Patient',
      'exists()',
      ' ',
      '!=',
      'true',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(part, { maxLength: 12 }).map((parts) => parts.join('')),
          fc.string(),
        ),
        (expression) => {
          const compiled = compile(expression)
          if (compiled !== undefined)
            expect(Array.isArray(compiled.values({ value: patient, type: 'Patient' }))).toBe(true)
        },
      ),
      { numRuns: 2000 },
    )
  })
})
