import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, PERSON_SYSTEMS } from '../../src/fhir/identifier.ts'
import { checkPersonIdentifiers, hasCheckDigit } from '../../src/plan/identifiers.ts'

type Case = { title: string; patient: Patient; expect: { key: string; severity: string; expression: string }[] }
const cases: Case[] = JSON.parse(readFileSync(new URL('identifiers.json', import.meta.url), 'utf8'))

describe('checkPersonIdentifiers (INV-9, reference 3.5)', () => {
  test.each(cases)('$title', ({ patient, expect: expected }) => {
    const found = checkPersonIdentifiers(patient)
    expect(found.map(({ key, severity, expression }) => ({ key, severity, expression }))).toEqual(expected)
  })

  test('no finding ever holds the number', () => {
    const digits = fc.stringMatching(/^\d{5,12}$/)
    fc.assert(
      fc.property(
        fc.constantFrom(...PERSON_SYSTEMS),
        digits,
        fc.constantFrom('1950-01-01', undefined),
        (system, value, birthDate) => {
          const patient: Patient = {
            resourceType: 'Patient',
            identifier: [{ system, value }],
            ...(birthDate && { birthDate }),
          }
          expect(JSON.stringify(checkPersonIdentifiers(patient))).not.toContain(value)
        },
      ),
    )
  })
})

describe('hasCheckDigit (modulus 11, weights 10 to 2)', () => {
  const nine = fc.stringMatching(/^\d{9}$/)

  test('at most one last digit fits the other nine', () => {
    fc.assert(
      fc.property(nine, (first) => {
        expect([...'0123456789'].filter((digit) => hasCheckDigit(first + digit)).length).toBeLessThanOrEqual(1)
      }),
    )
  })

  test('one changed digit, or two neighbours that changed places, are found', () => {
    fc.assert(
      fc.property(nine, fc.nat(9), fc.nat(9), fc.nat(8), (first, at, digit, swap) => {
        const last = [...'0123456789'].find((candidate) => hasCheckDigit(first + candidate))
        fc.pre(last !== undefined)
        const number = [...first, last as string]
        const changed = number.with(at, String(digit)).join('')
        const swapped = number
          .with(swap, number[swap + 1] as string)
          .with(swap + 1, number[swap] as string)
          .join('')
        const right = number.join('')
        expect(hasCheckDigit(changed)).toBe(changed === right)
        expect(hasCheckDigit(swapped)).toBe(swapped === right)
      }),
    )
  })
})

test('a number in another system is not checked as a person identifier', () => {
  const patient: Patient = {
    resourceType: 'Patient',
    identifier: [
      { system: IDENTIFIER_SYSTEM.chi, value: cases[0]?.patient.identifier?.[0]?.value ?? '' },
      { system: 'https://hospital.example/mrn', value: '12' },
    ],
  }
  expect(checkPersonIdentifiers(patient)).toEqual([])
})
