import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { extension, recommendationOf } from '../person.ts'
import { listOf, VALUE_SET } from '../value-sets.ts'
import { aboutWhat, isBlank, recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

const DECIDED = ['recommended', 'conditional', 'not-recommended']

/** Who decided, and why against: a refusal must not be read as a clinical opinion, nor the other way round. */
export const recommendationExplained: PlanRule = {
  key: 'recommendation-unexplained',
  title: 'A recommendation says on whose decision it rests, and why where it is against the intervention',
  severity: 'error',
  source: 'ReSPECT v3 section 4 (reasoning); domain model section 3',
  plans: EMERGENCY,
  check: (plan, person) =>
    recommendationsOf(plan, person)
      .filter((consent) => DECIDED.includes(recommendationOf(consent) ?? ''))
      .flatMap((consent) => {
        const issues = []
        if (extension(consent, EXTENSION.basis) === undefined) {
          issues.push(
            issue(
              'recommendation-unexplained',
              at(consent, 'extension'),
              `In ${aboutWhat(consent)} it is not said on whose decision it rests. Add the extension ${EXTENSION.basis} with one of: ${listOf(VALUE_SET.basis)}.`,
            ),
          )
        }
        if (
          recommendationOf(consent) === 'not-recommended' &&
          isBlank(extension(extension(consent, EXTENSION.rationale), 'text')?.valueString)
        ) {
          issues.push(
            issue(
              'recommendation-unexplained',
              at(consent, 'extension'),
              `In ${aboutWhat(consent)} it is not said why the intervention is not recommended. Add the extension ${EXTENSION.rationale} with its text.`,
            ),
          )
        }
        return issues
      }),
}
