import { issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { recommendationOf } from '../person.ts'
import { cprRecommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-1. A crew must find one answer about CPR: none leaves them guessing, and of two they cannot know which holds. */
export const oneCprRecommendation: PlanRule = {
  key: 'RSP-1',
  title: 'An emergency plan has exactly one CPR recommendation',
  severity: 'error',
  source: 'ReSPECT v3 section 4',
  plans: EMERGENCY,
  check: (plan, person) => {
    const found = cprRecommendationsOf(plan, person)
    if (found.length === 0) {
      return [
        issue(
          'RSP-1',
          at(plan, 'supportingInfo'),
          'The plan has no CPR recommendation. Add one Consent of category emergency-recommendation about cardiopulmonary resuscitation (89666000) and name it in CarePlan.supportingInfo.',
        ),
      ]
    }
    if (found.length > 1) {
      return found.map((consent) =>
        issue(
          'RSP-1',
          at(consent, 'provision.provision[0].code'),
          `The plan has ${found.length} CPR recommendations; exactly one can hold. Leave out all but the one that was decided.`,
        ),
      )
    }
    return found
      .filter((consent) => ['unknown', 'not-discussed'].includes(recommendationOf(consent) ?? ''))
      .map((consent) =>
        issue(
          'RSP-1',
          at(consent, ''),
          'The CPR recommendation says that nothing was decided. A crew will then decide without the plan. Record a recommendation as soon as one is made.',
          { severity: 'warning' },
        ),
      )
  },
}
