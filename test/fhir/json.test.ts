import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { decimalText } from '../../src/fhir/decimal.ts'
import { parseFhirJson, stringifyFhirJson } from '../../src/fhir/json.ts'
import { operationOutcome, Problem } from '../../src/fhir/outcome.ts'
import { mapReferences } from '../../src/fhir/resource.ts'

type Case = { name: string; text: string; key: string; place?: string; says?: string; hides?: string }

const cases = JSON.parse(readFileSync(new URL('json-cases.json', import.meta.url), 'utf8')) as Case[]

const failureOf = (text: string): Problem => {
  try {
    parseFhirJson(text)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error('The text was accepted')
}

describe('JSON that nobody vouches for is refused with its place (json.html; RFC 8259)', () => {
  test.each(cases)('$name: $key', ({ text, key, place, says, hides }) => {
    const failure = failureOf(text)
    expect(failure.status).toBe(400)
    expect(failure.issues.map((issue) => issue.key)).toEqual([key])
    if (place !== undefined) expect(failure.message).toContain(place)
    if (says !== undefined) expect(failure.message).toContain(says)
    if (hides !== undefined) expect(failure.message).not.toContain(hides)
  })

  test('the place is said for programs as well', () => {
    expect(failureOf('{\n "resourceType": Goal }').issues[0]?.place).toEqual({ line: 2, column: 18 })
    expect(operationOutcome(failureOf('{"a":1,\n"a":2}').issues).issue[0]?.extension).toEqual([
      { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-line', valueInteger: 2 },
      { url: 'http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-col', valueInteger: 1 },
    ])
  })

  test.each([65, 200, 100_000])('%i levels are refused without overflowing the stack', (depth) => {
    const nested = `${'[{"a":'.repeat(depth / 2)}1`
    expect(failureOf(`{"resourceType":"Goal","a":${nested}`).issues[0]?.key).toBe('json-too-deep')
  })

  test('a text that is nearly all brackets is refused before it is parsed', () => {
    const brackets = (count: number): string => `{"resourceType":"Goal","note":[${'{},'.repeat(count)}{}]}`
    expect(failureOf(brackets(7_000_000)).issues[0]?.key).toBe('json-too-many-values')
    expect(parseFhirJson(brackets(90_000)).resourceType).toBe('Goal')
  })

  test('64 levels are taken', () => {
    const text = `{"resourceType":"Goal","a":${'['.repeat(63)}${']'.repeat(63)}}`
    expect(stringifyFhirJson(parseFhirJson(text))).toBe(text)
  })

  test('100,000 brackets in a string are no levels', () => {
    const text = JSON.stringify({ resourceType: 'Goal', a: `\\"${'['.repeat(100_000)}` })
    expect(stringifyFhirJson(parseFhirJson(text))).toBe(text)
  })

  test('a string of 4 MB that is never closed is refused, not searched for ever', () => {
    expect(failureOf(`{"resourceType":"Goal","a":"${'\\\\a'.repeat(1_400_000)}`).issues[0]?.key).toBe('json-malformed')
  })
})

describe('Decimals keep their text (json.html#decimal)', () => {
  test.each([
    '1.00',
    '0.10',
    '-0',
    '-0.0',
    '1e2',
    '1E-3',
    '12345678901234567890',
    '3.14159265358979323846',
    '100',
    '0.5',
  ])('%s', (text) => {
    const sent = `{"resourceType":"Observation","valueQuantity":{"value":${text},"unit":"kg"},"component":[{"valueInteger":3}]}`
    const parsed = parseFhirJson(sent) as unknown as { valueQuantity: { value: number } }
    expect(parsed.valueQuantity.value).toBe(Number(text))
    expect(decimalText(parsed.valueQuantity, 'value')).toBe(text)
    expect(stringifyFhirJson(parsed)).toBe(sent)
    expect(stringifyFhirJson({ ...parsed, valueQuantity: { ...parsed.valueQuantity } })).toBe(sent)
  })

  test('rewriting references keeps them', () => {
    const text = '{"resourceType":"Observation","subject":{"reference":"urn:uuid:1"},"valueQuantity":{"value":1.00}}'
    const mapped = mapReferences(parseFhirJson(text), () => 'Patient/1')
    expect(stringifyFhirJson(mapped)).toBe(text.replace('urn:uuid:1', 'Patient/1'))
  })

  test('a number that was changed is written as it is now', () => {
    const parsed = parseFhirJson('{"resourceType":"Observation","valueQuantity":{"value":1.00}}') as unknown as {
      valueQuantity: { value: number }
    }
    parsed.valueQuantity.value = 2
    expect(stringifyFhirJson(parsed)).toBe('{"resourceType":"Observation","valueQuantity":{"value":2}}')
  })

  test('a string that looks like a number, or like an escape, stays what it is', () => {
    const text = String.raw`{"resourceType":"Goal","a":"1.00","b":"\\u00001.00","c":1.00,"d":"\"\\u00001.00\""}`
    expect(stringifyFhirJson(parseFhirJson(text))).toBe(text)
  })
})

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\u0000', '')),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.stringMatching(/^[a-zA-Z]{1,8}$/), tie('value'), { maxKeys: 5 }),
}))

describe('Laws', () => {
  test('what JSON.stringify writes is read as JSON.parse reads it, indented or not', () => {
    fc.assert(
      fc.property(json.object, fc.constantFrom(undefined, 1, '\t'), (object, indent) => {
        const text = JSON.stringify({ resourceType: 'Goal', ...(object as object) }, null, indent)
        if (typeof (JSON.parse(text) as { resourceType: unknown }).resourceType !== 'string') return
        expect(JSON.stringify(parseFhirJson(text))).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  test('a text that JSON.parse refuses is refused, with a line and a column', () => {
    fc.assert(
      fc.property(
        json.object,
        fc.nat(),
        fc.constantFrom('', ',', '"', '}', '{', '[', ':', '0', '\\', '\u0001'),
        (object, at, put) => {
          const whole = JSON.stringify({ resourceType: 'Goal', ...(object as object) })
          const offset = at % whole.length
          const text = whole.slice(0, offset) + put + whole.slice(offset + 1)
          let refused = false
          try {
            JSON.parse(text)
          } catch {
            refused = true
          }
          if (!refused) return
          const [finding] = failureOf(text).issues
          expect(finding?.key).toMatch(/^json-(malformed|duplicate-key)$/)
          expect(finding?.text).toMatch(/line \d+, column \d+/)
        },
      ),
    )
  })
})
