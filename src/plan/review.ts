import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../fhir/outcome.ts'
import { EXTENSION } from './codes.ts'
import { dayOf, isAfter } from './dates.ts'
import { extension } from './person.ts'

/** The plan with another date for its next review, and nothing else changed; the same plan where there is no other date. */
export const withReviewDate = (plan: CarePlan, next: string | undefined): CarePlan => {
  if (next === undefined) return plan
  const review = { url: EXTENSION.reviewDate, valueDate: next }
  const extensions = plan.extension ?? []
  return {
    ...plan,
    extension: extensions.some(({ url }) => url === EXTENSION.reviewDate)
      ? extensions.map((one) => (one.url === EXTENSION.reviewDate ? review : one))
      : [...extensions, review],
  }
}

/** Clocks of sender and service differ. */
const SKEW_MS = 60_000

/** Whether a review can have been on this moment, and the next one on that day (ReSPECT section 9). */
export const reviewIssues = (
  plan: CarePlan,
  { when, next, now }: Readonly<{ when: string; next: string | undefined; now: Date }>,
): Issue[] => {
  const issues: Issue[] = []
  const start = plan.period?.start
  if (Date.parse(when) > now.getTime() + SKEW_MS) {
    issues.push(issue('review-time', 'when', 'The review lies in the future. Correct its time.'))
  }
  if (start !== undefined && isAfter(start, new Date(Date.parse(when) + SKEW_MS).toISOString())) {
    issues.push(
      issue(
        'review-time',
        'when',
        'The review was before the plan came into force, so it was of another plan. Correct its time.',
      ),
    )
  }
  if (next !== undefined && !isAfter(next, dayOf(now))) {
    issues.push(
      issue('review-date', 'nextReview', 'The next review must be on a later day than today. Give a later date.'),
    )
  }
  return issues
}

/** A review that should be held by a day, or should have been. */
export type ReviewDue = Readonly<{ date: string; overdue: boolean }>

/** When an active plan is to be looked at again, and whether that day has passed; undefined where no date is set or the plan has ended. */
export const reviewOf = (plan: CarePlan, now: Date): ReviewDue | undefined => {
  const date = plan.status === 'active' ? extension(plan, EXTENSION.reviewDate)?.valueDate : undefined
  return date === undefined ? undefined : { date, overdue: isAfter(dayOf(now), date) }
}
