import type { RequestContext } from '../../context.ts'
import { isError, Problem, problem } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { reviewIssues, withReviewDate } from '../../plan/review.ts'
import type { Store } from '../../store/store.ts'
import { requireScope } from '../permission/permission.ts'
import type { Seal } from '../seal.ts'
import { checkRecord, recordAfter } from '../summaries/derived.ts'
import type { Committed, Confirmation } from '../types.ts'
import { retryOutdated } from '../writing/commit.ts'
import { recordAct } from './acts.ts'
import { commitPerson } from './commit-person.ts'
import { readHeldPlan, requireVersion } from './held-plan.ts'

/**
 * Records that a plan in force was read again and still stands (ReSPECT section 9): a new version of the plan that says word for word the
 * same, but for the date of the next review where one is given, and the Provenance of the reviewer.
 */
export const confirmReview = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  id: string,
  { clinician, when, nextReview, signature }: Confirmation,
  ifMatch: number | undefined,
): Promise<Committed> => {
  requireScope(cx, 'CarePlan', 'u')
  requireScope(cx, 'Provenance', 'c')
  const version = requireVersion(ifMatch, id, 'A confirmation of review')
  return retryOutdated(async () => {
    const { plan, record, row } = await readHeldPlan(store, cx, id, version)
    if (plan.status !== 'active') {
      throw problem(
        'conflict',
        'plan-not-active',
        `${resourceKey(plan)} is ${plan.status}, not active: there is nothing to confirm.`,
        { expression: 'CarePlan.status' },
      )
    }
    const found = reviewIssues(plan, { when, next: nextReview, now: cx.now })
    if (found.some(isError)) throw new Problem('unprocessable', found)
    const confirmed = withReviewDate(plan, nextReview)
    const review = await recordAct(
      seal,
      cx,
      recordAfter(record, record.patient, [confirmed]),
      confirmed,
      {
        act: 'confirm-review',
        target: `${resourceKey(plan)}/_history/${version}`,
        when,
        clinician,
        part: 'reviewer',
      },
      signature,
    )
    const changed = [confirmed, review]
    const issues = checkRecord(cx, record, recordAfter(record, record.patient, changed))
    return commitPerson(store, cx, '$confirm-review', row, record, changed, issues)
  })
}
