import { readFileSync } from 'node:fs'
import { describe, expect, test } from '@jest/globals'
import type { CarePlan } from 'fhir/r4.js'
import { EXTENSION } from '../../src/plan/codes.ts'
import { reviewIssues, reviewOf, withReviewDate } from '../../src/plan/review.ts'

type Case = { title: string; when: string; next?: string; keys: string[] }
const cases = JSON.parse(readFileSync(new URL('./review.json', import.meta.url), 'utf8')) as Case[]

const now = new Date('2026-03-20T10:00:00Z')
const plan: CarePlan = {
  resourceType: 'CarePlan',
  id: '1',
  status: 'active',
  intent: 'plan',
  subject: { reference: 'Patient/1' },
  period: { start: '2026-03-01T12:00:00Z' },
  extension: [
    { url: EXTENSION.planVersion, valuePositiveInt: 1 },
    { url: EXTENSION.reviewDate, valueDate: '2026-03-19' },
    { url: EXTENSION.recordSource, valueCode: 'new' },
  ],
}

describe('a confirmation of review (ReSPECT section 9)', () => {
  test.each(cases)('$title: $keys', ({ when, next, keys }) => {
    expect(reviewIssues(plan, { when, next, now }).map(({ key }) => key)).toEqual(keys)
  })

  test('changes the review date where it stands, and nothing else', () => {
    const next = withReviewDate(plan, '2027-01-01')
    expect(JSON.stringify(next)).toBe(JSON.stringify(plan).replace('2026-03-19', '2027-01-01'))
    expect(withReviewDate(plan, undefined)).toBe(plan)
  })

  test('is overdue from the day after its date, and never once the plan has ended', () => {
    expect(reviewOf(plan, new Date('2026-03-19T23:00:00Z'))).toEqual({ date: '2026-03-19', overdue: false })
    expect(reviewOf(plan, now)).toEqual({ date: '2026-03-19', overdue: true })
    expect(reviewOf({ ...plan, status: 'revoked' }, now)).toBeUndefined()
    expect(reviewOf({ ...plan, extension: [] }, now)).toBeUndefined()
  })
})
