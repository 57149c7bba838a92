import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import type { CarePlan } from 'fhir/r4.js'
import type { FhirResource } from '../../src/fhir/resource.ts'
import { EXTENSION } from '../../src/plan/codes.ts'
import {
  editionCode,
  parseEditionCode,
  planDigest,
  planEdition,
  readDigest,
  shownDigest,
} from '../../src/plan/edition.ts'
import { endPlan } from '../../src/plan/lifecycle.ts'
import { type PersonRecord, personRecord } from '../../src/plan/person.ts'
import { planToShow } from '../../src/plan/summary/respect-document.ts'
import { type AskedEdition, standingOf } from '../../src/plan/verify-current.ts'
import { example } from './summary/example.ts'

const { person } = example()
const planOf = (record: PersonRecord): CarePlan => planToShow(record, 'emergency') as CarePlan
const digest = planDigest(person, planOf(person))

/** The record with some of its resources in other words. */
const changed = (changes: readonly FhirResource[]): PersonRecord =>
  personRecord(person.patient, [
    ...[...person.resources.values()].filter((one) => !changes.some(({ id }) => id === one.id)),
    ...changes,
  ])

const reversed = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(reversed) as Value
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, one]) => [name, reversed(one)]),
  ) as Value
}

describe('the check code of a plan', () => {
  test('is 32 hexadecimal digits, printed in groups of four and read back in any way that people type them', () => {
    expect(digest).toMatch(/^[0-9a-f]{32}$/)
    expect(shownDigest(digest)).toMatch(/^([0-9a-f]{4} ){7}[0-9a-f]{4}$/)
    expect(readDigest(` ${shownDigest(digest).toUpperCase()}\n`)).toBe(digest)
    for (const text of ['', digest.slice(1), `${digest}0`, digest.replace(/.$/, 'g')])
      expect(readDigest(text)).toBeUndefined()
  })

  test('does not depend on the order of properties or resources, nor on version and time of update', () => {
    const shuffled = [...person.resources.values()]
      .reverse()
      .map((resource) => reversed({ ...resource, meta: { versionId: '9', lastUpdated: '2026-06-01T00:00:00Z' } }))
    const record = personRecord(person.patient, shuffled as FhirResource[])
    expect(planDigest(record, planOf(record))).toBe(digest)
  })

  test.each(['superseded', 'withdrawn', 'person-died', 'entered-in-error'] as const)(
    'stays when the plan ends: %s',
    (code) => {
      const record = changed(
        endPlan(person, planOf(person), { code, text: 'A reason', now: new Date('2026-06-05T13:05:00Z') }),
      )
      expect(planOf(record).status).not.toBe('active')
      expect(planDigest(record, planOf(record))).toBe(digest)
    },
  )

  test('stays when a review is confirmed', () => {
    const plan = planOf(person)
    const extension =
      plan.extension?.map((one) => (one.url === EXTENSION.reviewDate ? { ...one, valueDate: '2027-01-01' } : one)) ?? []
    const record = changed([{ ...plan, extension }])
    expect(planDigest(record, planOf(record))).toBe(digest)
  })

  test('is another as soon as one word differs, in the plan or in anything that it is made of', () => {
    for (const id of ['recommendation-cpr', 'refusal', 'capacity', 'contact', 'holder']) {
      const resource = [...person.resources.values()].find((one) => one.id === id)
      const record = changed([{ ...resource, language: 'en' } as FhirResource])
      expect([id, planDigest(record, planOf(record)) === digest]).toEqual([id, false])
    }
    const record = changed([{ ...planOf(person), note: [{ text: 'One more word' }] }])
    expect(planDigest(record, planOf(record))).not.toBe(digest)
  })

  test('another plan of the person does not change it', () => {
    const record = personRecord(
      person.patient,
      [...person.resources.values()].filter(({ id }) => id !== 'wishes'),
    )
    expect(planDigest(record, planOf(record))).toBe(digest)
  })

  test('a draft has no edition', () => {
    expect(planEdition(person, { ...planOf(person), identifier: [] })).toBeUndefined()
  })
})

describe('what a QR code holds', () => {
  test('is read back as the same edition', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 }).filter((text) => text.trim() === text),
        fc.integer({ min: 1, max: 999_999_999 }),
        (planId, version) => {
          expect(parseEditionCode(editionCode({ planId, version, digest }))).toEqual({ planId, version, digest })
        },
      ),
    )
  })

  test.each([
    '',
    'keyplan:a:0:',
    `keyplan:a:0:${digest}`,
    `keyplan::1:${digest}`,
    `other:a:1:${digest}`,
    `keyplan:a:1:${digest}0`,
  ])('%j is no code of a plan', (code) => {
    expect(parseEditionCode(code)).toBeUndefined()
  })
})

describe('the standing of a plan on paper (CarePlan/$verify-current)', () => {
  const edition = { planId: 'lineage-emergency-care', version: 2, digest }
  const current = planOf(person)
  const ended = (code: 'superseded' | 'withdrawn' | 'person-died' | 'entered-in-error'): CarePlan =>
    endPlan(person, current, { code, text: 'A reason', now: new Date('2026-06-05T13:05:00Z') })[0] as CarePlan
  const next: CarePlan = {
    ...current,
    id: 'next',
    extension: [{ url: EXTENSION.planVersion, valuePositiveInt: 3 }],
  }
  const asked = (more: Partial<AskedEdition> = {}): AskedEdition => ({ ...edition, ...more })

  test.each([
    ['in force, as printed', asked(), [current], [edition], 'current', undefined],
    ['in force, no check code', asked({ digest: undefined }), [current], [], 'current', undefined],
    ['in force, another check code', asked({ digest: '0'.repeat(32) }), [current], [edition], 'unknown', undefined],
    ['in force, nothing to compare with', asked(), [current], [], 'unknown', undefined],
    ['replaced', asked(), [ended('superseded'), next], [], 'superseded', 3],
    ['withdrawn', asked(), [ended('withdrawn')], [], 'revoked', undefined],
    ['the person has died', asked(), [ended('person-died')], [], 'revoked', undefined],
    ['entered in error', asked(), [ended('entered-in-error')], [], 'revoked', undefined],
    ['a version that never was', asked({ version: 9 }), [current], [edition], 'unknown', 2],
    ['a draft', asked(), [{ ...current, status: 'draft' as const }], [], 'unknown', undefined],
    ['nothing of that name', asked(), [], [], 'unknown', undefined],
  ])('%s', (_about, question, lineage, editions, standing, newest) => {
    const answer = standingOf(question, lineage, editions)
    expect([answer.standing, answer.current]).toEqual([standing, newest])
    if (standing === 'unknown') expect(answer.date).toBeUndefined()
    if (standing === 'superseded' || standing === 'revoked') expect(answer.date).toBe('2026-06-05T13:05:00.000Z')
    expect(answer.message).not.toMatch(/Testa|Person/)
  })
})
