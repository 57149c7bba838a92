import type { CarePlan } from 'fhir/r4.js'
import { issue } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { membersOf } from '../members.ts'
import { ofType, type PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { provenancesOf } from './content.ts'
import type { RecordRule } from './rule.ts'

/** Whether a reviewer confirms this plan with this change: a Provenance about it, with an agent of type reviewer, is new. */
export const isConfirmed = (plan: CarePlan, after: PersonRecord, before: PersonRecord | undefined): boolean =>
  provenancesOf(plan, after, 'reviewer').some((provenance) => before?.resources.has(resourceKey(provenance)) !== true)

const withoutReviewDate = (plan: CarePlan): CarePlan => ({
  ...plan,
  extension: (plan.extension ?? []).filter(({ url }) => url !== EXTENSION.reviewDate),
})

/** RSP-15 (ReSPECT section 9). Who confirms signs that the plan still holds as it is, and not another one. */
export const confirmationChangesNothing: RecordRule = {
  key: 'RSP-15',
  title: 'A confirmation of review changes nothing but the date of the next review',
  severity: 'error',
  source: 'ReSPECT v3 section 9',
  check: (after, { before }) => {
    if (before === undefined) return []
    return ofType(after, 'CarePlan')
      .filter((plan) => isConfirmed(plan, after, before))
      .flatMap((plan) => {
        const earlier = before.resources.get(resourceKey(plan)) as CarePlan | undefined
        if (earlier === undefined || earlier.status !== 'active') {
          return [issue('RSP-15', at(plan, 'status'), 'Only an active plan can be confirmed. Sign a new plan instead.')]
        }
        const unchanged =
          sameContent(withoutReviewDate(earlier), withoutReviewDate(plan)) &&
          [...membersOf(before, earlier)].every(([key, member]) => {
            const later = after.resources.get(key)
            return later !== undefined && sameContent(member, later)
          })
        if (unchanged) return []
        return [
          issue(
            'RSP-15',
            at(plan, ''),
            'The review is confirmed and the plan changed at once. Confirm it as it is, or submit a new plan that replaces it.',
          ),
        ]
      })
  },
}
