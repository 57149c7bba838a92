import { describe, expect, test } from '@jest/globals'
import type { CarePlan, Consent, Provenance } from 'fhir/r4.js'
import type { FhirResource } from '../../../src/fhir/resource.ts'
import { EXTENSION, INTERVENTIONS, SYSTEM } from '../../../src/plan/codes.ts'
import type { Jurisdiction } from '../../../src/plan/derived.ts'
import { marksHolding, textNamed } from '../../../src/plan/emergency/answer.ts'
import { type Mark, marksOf } from '../../../src/plan/emergency/marks.ts'
import { emergencyAnswer } from '../../../src/plan/emergency.ts'
import { personRecord } from '../../../src/plan/person.ts'
import { readPerson } from '../../../src/plan/summary/reading.ts'
import {
  AT,
  DOCTOR,
  emergencyPlan,
  goal,
  patient,
  recommendation,
  refusal,
  signature,
  whatMattersPlan,
} from '../summary/example.ts'

const record = (resources: readonly FhirResource[], nation: Jurisdiction = 'GB-SCT', birthDate = '1941-03-12') =>
  personRecord(patient(nation, { birthDate }), resources)

const marked = (...args: Parameters<typeof record>): Mark[] => marksOf(readPerson(record(...args), AT.now), AT)

const withExtension = (plan: CarePlan, ...extension: NonNullable<CarePlan['extension']>): CarePlan => ({
  ...plan,
  extension: [...(plan.extension ?? []).filter(({ url }) => extension.every((one) => one.url !== url)), ...extension],
})

const actBy = (part: string, recorded: string): Provenance => ({
  ...signature(`${part}-${recorded}`, 'emergency'),
  recorded,
  agent: [{ type: { coding: [{ system: SYSTEM.provenanceAgent, code: part }] }, who: DOCTOR }],
  signature: [],
})

const codedRefusal = (intervention: string): Consent => {
  const { system, code, display } = INTERVENTIONS.find(({ name }) => name === intervention) as (typeof INTERVENTIONS)[0]
  return {
    ...refusal('refusal', '', 'Always'),
    provision: { provision: [{ type: 'deny', code: [{ coding: [{ system, code, display }] }] }] },
  }
}

const from = (marks: readonly Mark[], code: Mark['code']): string[] =>
  marks.filter((mark) => mark.code === code).map((mark) => mark.from)

describe('marks of the plans in force (model.md section 5)', () => {
  test('review-overdue holds from the day after the review date, of the plan and of CPR, each once', () => {
    const cpr = recommendation('cpr', 'recommended')
    const reviewed = (day: string): Consent => ({
      ...cpr,
      extension: [...(cpr.extension ?? []), { url: EXTENSION.reviewDate, valueDate: day }],
    })
    const plan = emergencyPlan([cpr], 'Frailty')
    expect(from(marked([plan, cpr]), 'review-overdue')).toEqual(['2026-08-04'])
    expect(from(marked([plan, reviewed('2026-08-03')]), 'review-overdue')).toEqual(['2026-08-04'])
    expect(from(marked([plan, reviewed('2026-02-28')]), 'review-overdue')).toEqual(['2026-08-04', '2026-03-01'])
  })

  test('the same stored answer is read without the mark on the review date, and with it the day after', () => {
    const cpr = recommendation('cpr', 'recommended')
    const { answer } = emergencyAnswer(record([emergencyPlan([cpr], 'Frailty'), cpr, signature('s', 'emergency')]), AT)
    const holding = (now: string) => marksHolding(answer, new Date(now)).map(({ part }) => textNamed(part, 'code'))
    expect(holding('2026-08-03T12:00:00Z')).toEqual([])
    // Midnight in London is an hour earlier in summer.
    expect(holding('2026-08-03T22:59:59Z')).toEqual([])
    expect(holding('2026-08-03T23:00:00Z')).toEqual(['review-overdue'])
    expect(holding('2027-02-03T12:00:00Z')).toEqual(['review-overdue', 'may-be-out-of-date'])
  })

  test('a plan may be out of date twelve months after it was last signed or confirmed', () => {
    const plan = emergencyPlan([], 'Frailty')
    expect(from(marked([plan]), 'may-be-out-of-date')).toEqual(['2027-02-03'])
    expect(from(marked([plan, actBy('reviewer', '2028-02-29T10:00:00Z')]), 'may-be-out-of-date')).toEqual([
      '2029-02-28',
    ])
    const wish = goal('wish', 'value', 'My cat')
    expect(from(marked([{ ...whatMattersPlan([wish]), created: '2020-01-20' }, wish]), 'may-be-out-of-date')).toEqual([
      '2021-01-20',
    ])
  })

  test('of which nothing tells when it was made, it may be out of date from the first', () => {
    const { created: _created, ...plan } = emergencyPlan([], 'Frailty')
    expect(from(marked([plan]), 'may-be-out-of-date')).toEqual(['2026-06-05'])
  })

  test.each([
    ['GB-SCT', '2028-07-01'],
    ['GB-ENG', '2030-07-01'],
  ] as const)(
    'a plan made for a child in %s may be out of date from the day on which the child comes of age',
    (nation, day) => {
      const cpr = recommendation('cpr', 'conditional', { condition: 'Breaths only' })
      expect(from(marked([emergencyPlan([cpr], 'x'), cpr], nation, '2012-07-01'), 'may-be-out-of-date')).toContain(day)
      expect(from(marked([emergencyPlan([cpr], 'x'), cpr], nation, '1990-07-01'), 'may-be-out-of-date')).toHaveLength(1)
    },
  )

  test('transcribed holds until a clinician has confirmed the copy', () => {
    const plan = withExtension(emergencyPlan([], 'Frailty'), { url: EXTENSION.recordSource, valueCode: 'transcribed' })
    const copied = actBy('transcriber', '2026-03-01T09:00:00Z')
    expect(from(marked([plan, copied]), 'transcribed')).toEqual(['2026-03-01'])
    expect(from(marked([plan, copied, signature('s', 'emergency')]), 'transcribed')).toEqual(['2026-03-01'])
    expect(from(marked([plan, copied, actBy('reviewer', '2026-03-02T09:00:00Z')]), 'transcribed')).toEqual([])
    expect(from(marked([emergencyPlan([], 'Frailty')]), 'transcribed')).toEqual([])
  })

  test('conflict: words that say the opposite of a code (RSP-13)', () => {
    const cpr = recommendation('cpr', 'recommended', { rationale: 'DNACPR form seen' })
    const plan = emergencyPlan([cpr], 'Frailty')
    expect(marked([plan, cpr])[0]).toMatchObject({ code: 'conflict', about: ['cpr'], from: '2026-06-05' })
    const agreeing = recommendation('cpr', 'not-recommended', { rationale: 'DNACPR form seen' })
    expect(from(marked([plan, agreeing]), 'conflict')).toEqual([])
  })

  test.each([
    ['GB-ENG', 'recommended', 'prevails'],
    ['GB-SCT', 'conditional', 'must be taken into account'],
  ] as const)('conflict: an advance refusal of what is recommended, and what it is in %s', (nation, code, words) => {
    const decided = recommendation('ventilation', code, { condition: 'For two days' })
    const refused = codedRefusal('ventilation')
    const [mark] = marked([emergencyPlan([decided, refused], 'x'), decided, refused], nation)
    expect(mark).toMatchObject({ code: 'conflict', about: ['ventilation'], plan: 'emergency-care' })
    expect(mark?.display).toContain(words)
  })

  test('no conflict: an advance refusal of what is not recommended, or of something else', () => {
    for (const [intervention, code] of [
      ['ventilation', 'not-recommended'],
      ['dialysis', 'recommended'],
    ] as const) {
      const decided = recommendation(intervention, code)
      const refused = codedRefusal('ventilation')
      expect(from(marked([emergencyPlan([decided, refused], 'x'), decided, refused]), 'conflict')).toEqual([])
    }
  })

  test('the gravest stands first in the answer', () => {
    const cpr = recommendation('cpr', 'recommended', { rationale: 'Not for CPR' })
    const plan = withExtension(emergencyPlan([cpr], 'x'), { url: EXTENSION.recordSource, valueCode: 'transcribed' })
    const { answer } = emergencyAnswer(record([plan, cpr]), AT)
    const codes = answer.parameter?.filter(({ name }) => name === 'mark').map(({ part }) => textNamed(part, 'code'))
    expect(codes).toEqual(['conflict', 'transcribed', 'review-overdue', 'may-be-out-of-date'])
  })
})
