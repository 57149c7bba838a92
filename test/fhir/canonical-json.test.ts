import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import { canonicalJson } from '../../src/fhir/canonical-json.ts'
import { parseFhirJson } from '../../src/fhir/json.ts'

type Case = { title: string; value: unknown; text: string }
const cases = JSON.parse(readFileSync(new URL('./canonical-json.json', import.meta.url), 'utf8')) as Case[]

describe('canonical JSON (RFC 8785)', () => {
  test.each(cases)('$title', ({ value, text }) => {
    expect(canonicalJson(value)).toBe(text)
  })

  test('what JSON.parse makes of it gives the same text again', () => {
    for (const { value } of cases) expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value))
  })

  test('a decimal counts by its value, and a member that is undefined is left out', () => {
    const text = '{"resourceType":"Observation","valueQuantity":{"value":1.00}}'
    expect(canonicalJson(parseFhirJson(text))).toBe('{"resourceType":"Observation","valueQuantity":{"value":1}}')
    expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}')
  })
})
