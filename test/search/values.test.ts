import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { searchParametersOf } from '../../src/definitions/search-parameters.ts'
import { SERVED } from '../../src/definitions/served.ts'
import { parseFhirJson } from '../../src/fhir/json.ts'
import { foldText, LONGEST_TEXT, type SearchValues, searchValues } from '../../src/search/values.ts'

type Case = {
  about: string
  resource: { resourceType: string }
  kind: keyof SearchValues
  parameter: string
  rows: readonly object[]
}
const cases = JSON.parse(readFileSync(new URL('values-cases.json', import.meta.url), 'utf8')) as Case[]

const valuesOf = (resource: { resourceType: string }): SearchValues =>
  searchValues(resource, searchParametersOf(resource.resourceType))
const rowsOf = (values: SearchValues, kind: keyof SearchValues, code: string): object[] =>
  values[kind].filter((row) => row.parameter === code).map(({ parameter: _, ...row }) => row)

describe('What a resource is found by (http://hl7.org/fhir/R4/search.html#table)', () => {
  test.each(cases)('$about', ({ resource, kind, parameter, rows }) => {
    expect(rowsOf(valuesOf(resource), kind, parameter)).toEqual(rows)
  })

  test('texts that differ in case, accents and spacing only fold to one', () => {
    expect(foldText(' ÉCOLE  Ångström\n')).toBe('ecole angstrom')
    expect(foldText(foldText('ﬁ Ⅳ ŠŽ'))).toBe(foldText('ﬁ Ⅳ ŠŽ'))
  })

  test('a long text is cut, and by one character more than may be asked for where it must be exact', () => {
    const long = 'x'.repeat(3_000)
    const rows = rowsOf(valuesOf({ resourceType: 'Patient', name: [{ family: long }] } as never), 'strings', 'family')
    expect(rows).toEqual([{ value: long.slice(0, LONGEST_TEXT), exact: long.slice(0, LONGEST_TEXT + 1) }])
  })

  test('a decimal stands as it was written; what no index holds is brought within bounds', () => {
    const numbers = (text: string) => {
      const body = `{"resourceType":"Observation","valueQuantity":{"value":${text}}}`
      return (rowsOf(valuesOf(parseFhirJson(body) as never), 'quantities', 'value-quantity') as { low: string }[])[0]
        ?.low
    }
    expect(numbers('1.00')).toBe('1.00')
    expect(numbers('12345678901234567890.123456789')).toBe('12345678901234567890.123456789')
    expect(numbers('1.5e2')).toBe('150')
    expect(numbers('1e-120')).toBe('0')
    expect(numbers('-1e300')).toBe('-Infinity')
    expect(numbers(`0.${'3'.repeat(5_000)}`)).toBe('0.3333333333333333')
  })
})

describe('laws', () => {
  const instant = fc
    .date({ min: new Date('0001-01-01T00:00:00Z'), max: new Date('9999-12-31T23:59:59.999Z'), noInvalidDate: true })
    .map((date) => date.toISOString())
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((number) => Number(number.toFixed(9)))

  test('a period reaches from the beginning of its start to the end of its end', () => {
    fc.assert(
      fc.property(instant, instant, (one, other) => {
        const [start, end] = [one, other].sort() as [string, string]
        const [row] = valuesOf({ resourceType: 'CarePlan', period: { start, end } } as never).dates
        expect(row).toMatchObject({ parameter: 'date' })
        expect((row?.low as string) <= start).toBe(true)
        expect((row?.low as string) < (row?.high as string)).toBe(true)
        expect((row?.high as string) > end || end === '9999-12-31T23:59:59.999Z').toBe(true)
      }),
    )
  })

  test('the bounds of an amount hold its number, whatever its comparator says', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('<', '<=', '>', '>=', undefined), (number, comparator) => {
        const quantity = { value: number, ...(comparator === undefined ? {} : { comparator }) }
        const [row] = valuesOf({ resourceType: 'Observation', valueQuantity: quantity } as never).quantities
        const [low, high] = [Number(row?.low), Number(row?.high)]
        expect(low <= number && number <= high).toBe(true)
        expect(low === number || high === number).toBe(true)
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(comparator === undefined)
      }),
    )
  })

  test('the bounds of sampled data hold every sample', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 1 }), fc.integer(), (samples, zero) => {
        const sampled = { origin: { value: zero }, period: 1, dimensions: 1, factor: 0.5, data: samples.join(' ') }
        const [row] = valuesOf({ resourceType: 'Observation', valueSampledData: sampled } as never).quantities
        for (const sample of samples) {
          expect(Number(row?.low)).toBeLessThanOrEqual(zero + sample * 0.5)
          expect(Number(row?.high)).toBeGreaterThanOrEqual(zero + sample * 0.5)
        }
      }),
    )
  })

  test('no row stands twice', () => {
    const code = fc.constantFrom('a', 'b')
    const coding = fc.record({ system: code, code, display: code })
    fc.assert(
      fc.property(fc.array(fc.record({ coding: fc.array(coding), text: code })), (category) => {
        const values = valuesOf({ resourceType: 'CarePlan', category, instantiatesUri: ['u', 'u'] } as never)
        for (const rows of Object.values(values)) {
          const texts = rows.map((row: object) => JSON.stringify(row))
          expect(new Set(texts).size).toBe(texts.length)
        }
      }),
    )
  })
})

describe('The official examples', () => {
  const folder = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)
  const served = SERVED.map((type) => type.type).filter((type) => type !== 'Bundle')
  test.each(served)('%s: values are taken from each, with complete rows', (type) => {
    let rows = 0
    for (const name of readdirSync(folder).filter((file) => file.startsWith(`${type}-`))) {
      const found = valuesOf(JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as { resourceType: string })
      for (const row of Object.values(found).flat()) {
        rows++
        for (const value of Object.values(row)) expect(typeof value).toBe('string')
      }
      for (const { low, high } of found.dates) expect(low < high).toBe(true)
    }
    expect(rows).toBeGreaterThan(0)
  })
})
