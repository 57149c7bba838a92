import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { stretchOf } from '../../src/search/dates.ts'

type Case = { text: string; low?: string; high?: string }
const cases = JSON.parse(readFileSync(new URL('dates-cases.json', import.meta.url), 'utf8')) as Case[]

describe('The stretch of time that a date means (search.html#date), in the zone Europe/London', () => {
  test.each(cases)('"$text"', ({ text, low, high }) => {
    expect(stretchOf(text)).toEqual(low === undefined ? undefined : { low, high })
  })

  const day = fc
    .date({ min: new Date('1850-01-01'), max: new Date('2200-01-01'), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10))

  test('days follow each other without a gap, and lie in their month and year', () => {
    fc.assert(
      fc.property(day, (date) => {
        const stretch = stretchOf(date)
        const next = stretchOf(new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10))
        expect(stretch?.high).toBe(next?.low)
        for (const longer of [date.slice(0, 7), date.slice(0, 4)]) {
          const around = stretchOf(longer)
          expect((around?.low ?? 'z') <= (stretch?.low ?? '')).toBe(true)
          expect((around?.high ?? '') >= (stretch?.high ?? 'z')).toBe(true)
        }
      }),
    )
  })
})
