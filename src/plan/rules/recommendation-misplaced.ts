import { issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { aboutWhat, recommendationsOf } from './content.ts'
import type { PlanRule } from './rule.ts'

/** A plan of what matters is signed by nobody, and none of the rules of an emergency plan is checked for it; a crew would be shown its recommendations all the same. */
export const recommendationMisplaced: PlanRule = {
  key: 'recommendation-misplaced',
  title: 'Recommendations for an emergency stand in an emergency plan, which a clinician signs, and in no other',
  severity: 'error',
  source: 'Domain model section 1; hazard H-04',
  plans: ['what-matters'],
  check: (plan, person) =>
    recommendationsOf(plan, person).map((consent) =>
      issue(
        'recommendation-misplaced',
        at(consent, 'category'),
        `A plan of what matters names ${aboutWhat(consent)}. Put it into an emergency-care plan, which is signed; here say what matters in the person’s own words.`,
      ),
    ),
}
