import { describe, expect, test } from '@jest/globals'
import type { Consent, Observation } from 'fhir/r4.js'
import { INTERVENTIONS, type Intervention, SNOMED } from '../../src/plan/codes.ts'
import { type Conflict, conflictsOf } from '../../src/plan/conflicts.ts'
import type { Jurisdiction } from '../../src/plan/derived.ts'
import { personRecord } from '../../src/plan/person.ts'
import {
  AT,
  emergencyPlan,
  example,
  patient,
  place,
  proxy,
  recommendation,
  refusal,
  sharing,
  whatMattersPlan,
} from './summary/example.ts'

const refusing = (...interventions: Intervention[]): Consent => ({
  ...refusal('refusal', '', 'Always'),
  dateTime: '2026-01-10',
  provision: {
    provision: interventions.map((name) => {
      const { system, code, display } = INTERVENTIONS.find((one) => one.name === name) as (typeof INTERVENTIONS)[0]
      return { type: 'deny', code: [{ coding: [{ system, code, display }] }] }
    }),
  },
})

const found = (nation: Jurisdiction, care: Consent[], places: Observation[] = [], more: Consent[] = []): Conflict[] =>
  conflictsOf(
    personRecord(patient(nation), [
      emergencyPlan(care, 'Frailty'),
      whatMattersPlan(places),
      ...care,
      ...places,
      ...more,
    ]),
    AT.now,
  )

const placed = (id: string, preference: 'care' | 'death', code: string): Observation => ({
  ...place(id, preference, 'There'),
  valueCodeableConcept: { coding: [{ system: SNOMED, code }] },
})

const cpr = recommendation('cpr', 'recommended')

describe('$plan-conflicts (domain model section 4: legal refusal over clinical recommendation over preference)', () => {
  test.each([
    ['GB-ENG', 'advance-refusal', 'prevails if it is valid and applies'],
    ['GB-WLS', 'advance-refusal', 'prevails if it is valid and applies'],
    ['GB-NIR', 'advance-refusal', 'prevails if it is valid and applies'],
    ['GB-SCT', 'undetermined', 'must be taken into account'],
  ] as const)('%s: an advance refusal of what is recommended: %s', (nation, prevails, words) => {
    const [conflict, ...others] = found(nation, [cpr, refusing('cpr')])
    expect(others).toEqual([])
    expect(conflict).toMatchObject({
      type: 'refusal-and-recommendation',
      prevails,
      about: ['cpr'],
      between: ['Consent/refusal', 'Consent/recommendation-cpr'],
    })
    expect(conflict?.text).toContain(words)
  })

  test.each(['not-recommended', 'unknown', 'not-discussed'] as const)(
    'an advance refusal of what is %s is no conflict',
    (code) => {
      expect(found('GB-ENG', [recommendation('cpr', code), refusing('cpr')])).toEqual([])
    },
  )

  test('a refusal of two treatments conflicts with each that is recommended, one by one', () => {
    const conflicts = found('GB-ENG', [cpr, recommendation('dialysis', 'conditional'), refusing('cpr', 'dialysis')])
    expect(conflicts.map(({ about }) => about)).toEqual([['cpr'], ['dialysis']])
  })

  test.each([
    ['recommended', 'care', '264362003', 1],
    ['recommended', 'death', '108401000000102', 1],
    ['recommended', 'care', '22232009', 0],
    ['not-recommended', 'death', '109401000000108', 1],
    ['not-recommended', 'care', '264362003', 0],
    ['conditional', 'care', '264362003', 0],
    ['recommended', 'death', '517161000000101', 0],
  ] as const)('hospital admission %s, preferred place of %s %s: %i', (code, preference, where, count) => {
    const conflicts = found(
      'GB-SCT',
      [recommendation('hospital-admission', code)],
      [placed('place', preference, where)],
    )
    expect(conflicts).toHaveLength(count)
    for (const conflict of conflicts) {
      expect(conflict).toMatchObject({
        type: 'recommendation-and-preference',
        prevails: 'recommendation',
        between: ['Consent/recommendation-hospital-admission', 'Observation/place'],
      })
    }
  })

  test('words that say the opposite of a code: neither is to be followed unasked', () => {
    const odd = recommendation('cpr', 'recommended', { rationale: 'Not for CPR' })
    expect(found('GB-SCT', [odd])).toEqual([
      expect.objectContaining({
        type: 'words-and-codes',
        prevails: 'undetermined',
        about: ['cpr'],
        between: ['Consent/recommendation-cpr'],
      }),
    ])
  })

  test.each([
    ['GB-ENG', '2026-02-01', 1],
    ['GB-WLS', '2026-02-01', 1],
    ['GB-ENG', '2026-01-01', 0],
    ['GB-ENG', '2026-01', 0],
    ['GB-SCT', '2026-02-01', 0],
    ['GB-NIR', '2026-02-01', 0],
  ] as const)('%s: a power of attorney of %s beside a refusal of 10 January: %i', (nation, dateTime, count) => {
    const power: Consent = {
      ...proxy('power', 'holder'),
      dateTime,
      extension: [
        ...(proxy('power', 'holder').extension ?? []).slice(1),
        { url: proxy('power', 'holder').extension?.[0]?.url ?? '', valueCode: 'lpa-health-welfare' },
      ],
    }
    const conflicts = found(nation, [recommendation('cpr', 'not-recommended'), refusing('cpr'), power])
    expect(conflicts.map(({ type, prevails, between }) => [type, prevails, between])).toEqual(
      count === 0 ? [] : [['refusal-and-later-proxy', 'undetermined', ['Consent/refusal', 'Consent/power']]],
    )
  })

  test('decisions about sharing that differ: nothing is shared', () => {
    const decisions = [sharing('no-objection'), { ...sharing('objection'), id: 'other' }]
    const [conflict] = found('GB-SCT', [recommendation('cpr', 'recommended')], [], decisions)
    expect(conflict).toMatchObject({ type: 'sharing-decisions', prevails: 'withholding', about: [] })
    expect(conflict?.between.toSorted()).toEqual(['Consent/other', 'Consent/sharing'])
    expect(found('GB-SCT', [cpr], [], [sharing('no-objection')])).toEqual([])
  })

  test('what is over, a draft, or a plan that ended conflicts with nothing', () => {
    const over = refusing('cpr')
    expect(
      found('GB-ENG', [cpr, { ...over, provision: { ...over.provision, period: { end: '2026-06-04' } } }]),
    ).toEqual([])
    for (const status of ['draft', 'revoked'] as const) {
      const care = [cpr, refusing('cpr')]
      const record = personRecord(patient('GB-ENG'), [emergencyPlan(care, 'x', status), ...care])
      expect(conflictsOf(record, AT.now)).toEqual([])
    }
  })

  test('a plan without contradictions has none', () => {
    expect(conflictsOf(example().person, AT.now)).toEqual([])
  })
})
