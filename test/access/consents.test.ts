/** What a person's consents come to at a moment (trust, section 2): which count, and which wins, under either regime. */
import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, test } from '@jest/globals'
import type { Consent, FhirResource, Patient, Period } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { CONSENT_REGIMES, useConsentRegime } from '../../src/plan/jurisdiction.ts'
import { personRecord } from '../../src/plan/person.ts'
import { sharingOf } from '../../src/plan/sharing.ts'

const NOW = new Date('2026-03-02T10:00:00Z')

type Stated = Readonly<{
  category: 'sharing-decision' | 'welfare-proxy'
  code?: string
  status?: Consent['status']
  dateTime?: string | null
  period?: Period
  /** Who decided for the person. */
  by?: string
  /** Who holds the power. */
  holder?: string
  onlyWhenIncapable?: boolean
  modifier?: boolean
}>
type Case = Readonly<{ title: string; consents: readonly Stated[] }> &
  Readonly<Record<'opt-out' | 'opt-in', 'permitted' | 'withheld'>>

const CASES: readonly Case[] = JSON.parse(readFileSync(new URL('consents.cases.json', import.meta.url), 'utf8'))

const consent = (stated: Stated, index: number): Consent => ({
  resourceType: 'Consent',
  id: `c${index}`,
  status: stated.status ?? 'active',
  scope: {},
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: stated.category }] }],
  ...(stated.dateTime === null ? {} : { dateTime: stated.dateTime ?? '2026-01-20' }),
  extension: [
    ...(stated.code === undefined ? [] : [{ url: EXTENSION.sharingDecision, valueCode: stated.code }]),
    ...(stated.onlyWhenIncapable === true ? [{ url: EXTENSION.onlyWhenIncapable, valueBoolean: true }] : []),
  ],
  ...(stated.by === undefined ? {} : { performer: [{ reference: stated.by }] }),
  ...(stated.modifier === true
    ? { modifierExtension: [{ url: 'https://elsewhere.example/not', valueBoolean: true }] }
    : {}),
  provision: {
    ...(stated.period === undefined ? {} : { period: stated.period }),
    ...(stated.holder === undefined ? {} : { actor: [{ role: {}, reference: { reference: stated.holder } }] }),
  },
})

const patient: Patient = { resourceType: 'Patient', id: 'p' }
const people = ['daughter', 'neighbour'].map(
  (id): FhirResource => ({ resourceType: 'RelatedPerson', id, patient: { reference: 'Patient/p' } }),
)

afterAll(() => useConsentRegime('opt-out'))

describe.each(CONSENT_REGIMES)('%s', (regime) => {
  test.each(CASES.map((one) => [one.title, one] as const))('%s', (_, one) => {
    useConsentRegime(regime)
    const record = personRecord(patient, [...people, ...one.consents.map(consent)])
    expect(sharingOf(record, 'GB-ENG', NOW)).toBe(one[regime])
    // Wales asks for consent by itself.
    expect(sharingOf(record, 'GB-WLS', NOW)).toBe(one['opt-in'])
  })
})
