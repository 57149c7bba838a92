import { issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { interventionOf } from '../person.ts'
import { recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** As RSP-1 for the other interventions: there may be none, but never two. */
export const oneRecommendationEach: PlanRule = {
  key: 'recommendation-repeated',
  title: 'No intervention but CPR has more than one recommendation either',
  severity: 'error',
  source: 'Domain reference 2.3, as RSP-1',
  plans: EMERGENCY,
  check: (plan, person) => {
    const seen = new Set<string>()
    return recommendationsOf(plan, person).flatMap((consent) => {
      const intervention = interventionOf(consent)
      if (intervention === undefined || intervention === 'cpr') return []
      if (!seen.has(intervention)) {
        seen.add(intervention)
        return []
      }
      return [
        issue(
          'recommendation-repeated',
          at(consent, 'provision.provision[0].code'),
          `The plan already has a recommendation about ${intervention}. Leave out all but the one that was decided.`,
        ),
      ]
    })
  },
}
