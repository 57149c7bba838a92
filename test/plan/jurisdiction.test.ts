import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { Consent, ConsentProvision, Identifier, Patient } from 'fhir/r4.js'
import { EXTENSION, ISO_3166_2, SYSTEM } from '../../src/plan/codes.ts'
import type { Jurisdiction } from '../../src/plan/derive.ts'
import { checkJurisdiction, jurisdictionOf, POLICY } from '../../src/plan/jurisdiction.ts'
import { personRecord } from '../../src/plan/person.ts'
import { sharingOf } from '../../src/plan/sharing.ts'
import { VALUE_SET } from '../../src/plan/value-sets.ts'

const cases = <Case>(name: string): Case[] => JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))

const NATIONS = Object.keys(POLICY) as Jurisdiction[]

describe('jurisdictionOf', () => {
  type Case = { title: string; patient: Patient; expect: Jurisdiction | 'unknown' }
  test.each(cases<Case>('jurisdiction.json'))('$title', ({ patient, expect: expected }) => {
    if (expected === 'unknown') {
      expect(() => jurisdictionOf(patient)).toThrow(expect.objectContaining({ kind: 'unprocessable' }))
      expect(checkJurisdiction(patient)).toMatchObject([{ key: 'jurisdiction-unknown', severity: 'error' }])
    } else {
      expect(jurisdictionOf(patient)).toBe(expected)
      expect(checkJurisdiction(patient)).toEqual([])
    }
  })
})

const NOW = new Date('2024-06-01T12:00:00Z')

type Decision = { code?: string; status?: Consent['status']; dateTime?: string; provision?: ConsentProvision }

const sharing = ({ code, status, dateTime, provision }: Decision, index: number): Consent => ({
  resourceType: 'Consent',
  id: `sharing-${index}`,
  status: status ?? 'active',
  scope: {},
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  dateTime: dateTime ?? '2024-01-01',
  ...(code === undefined ? {} : { extension: [{ url: EXTENSION.sharingDecision, valueCode: code }] }),
  ...(provision === undefined ? {} : { provision }),
})

const patient: Patient = { resourceType: 'Patient', id: 'p', identifier: [] as Identifier[] }
const recordOf = (decisions: Decision[]) => personRecord(patient, decisions.map(sharing))

describe('sharingOf (model.md section 6; policy of the jurisdiction)', () => {
  type Case = { title: string; decisions: Decision[] } & Record<Jurisdiction, 'permitted' | 'withheld'>
  for (const { title, decisions, ...expected } of cases<Case>('sharing.json')) {
    test.each(NATIONS)(`${title}: %s`, (jurisdiction) => {
      expect(sharingOf(recordOf(decisions), jurisdiction, NOW)).toBe(expected[jurisdiction])
    })
  }

  test('a decision more never opens what the others close, except the first in a nation that asks for consent', () => {
    const decision = fc.record({
      code: fc.constantFrom(...VALUE_SET.sharingDecision, 'made-up'),
      status: fc.constantFrom<Consent['status']>('active', 'draft', 'entered-in-error', 'inactive'),
      dateTime: fc.constantFrom('2023-01-01', '2024-06-01'),
    })
    fc.assert(
      fc.property(fc.array(decision), decision, fc.constantFrom(...NATIONS), (decisions, more, jurisdiction) => {
        const before = sharingOf(recordOf(decisions), jurisdiction, NOW)
        const none = !decisions.some(({ status }) => status === 'active')
        const after = sharingOf(recordOf([...decisions, more]), jurisdiction, NOW)
        if (before === 'withheld' && !none) expect(after).toBe('withheld')
      }),
    )
  })

  test.each(NATIONS)('an unknown code is never permission: %s', (jurisdiction) => {
    const known = VALUE_SET.sharingDecision
    fc.assert(
      fc.property(
        fc.string().filter((code) => !known.has(code)),
        (code) => {
          expect(sharingOf(recordOf([{ code }]), jurisdiction, NOW)).toBe('withheld')
        },
      ),
    )
  })
})

test('the coding system of the extension counts: only ISO 3166-2 names a nation', () => {
  const valueCoding = { system: 'urn:iso:std:iso:3166', code: 'GB-SCT' }
  const odd: Patient = { resourceType: 'Patient', extension: [{ url: EXTENSION.jurisdiction, valueCoding }] }
  expect(checkJurisdiction(odd)).toHaveLength(1)
  const right = {
    ...odd,
    extension: [{ url: EXTENSION.jurisdiction, valueCoding: { ...valueCoding, system: ISO_3166_2 } }],
  }
  expect(checkJurisdiction(right)).toEqual([])
})
