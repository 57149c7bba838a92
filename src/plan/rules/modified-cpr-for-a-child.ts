import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { isChildOn } from '../dates.ts'
import { at, atExtension } from '../expression.ts'
import { POLICY } from '../jurisdiction.ts'
import { extension, recommendationOf } from '../person.ts'
import { cprRecommendationsOf, isBlank } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-3 (ReSPECT section 4). The age is that on the day of the decision, not today's. */
export const modifiedCprForAChild: PlanRule = {
  key: 'RSP-3',
  title: 'Modified CPR is recommended only for a child, and says what is modified',
  severity: 'error',
  source: 'ReSPECT v3 section 4; age limits of the four nations',
  plans: EMERGENCY,
  check: (plan, person, { jurisdiction }) =>
    cprRecommendationsOf(plan, person)
      .filter((consent) => recommendationOf(consent) === 'conditional')
      .flatMap((consent) => {
        const { name, childUnder } = POLICY[jurisdiction]
        const child = isChildOn(person.patient, consent.dateTime, jurisdiction)
        const issues = []
        if (child !== true) {
          issues.push(
            issue(
              'RSP-3',
              atExtension(consent, EXTENSION.recommendation),
              child === false
                ? `Modified CPR can be recommended only for a child, in ${name} someone under ${childUnder} on the day of the decision. For an adult, recommend CPR or do not.`
                : `Modified CPR can be recommended only for a child, and whether the person was one cannot be told. Give Patient.birthDate and Consent.dateTime to the day.`,
            ),
          )
        }
        if (isBlank(extension(consent, EXTENSION.condition)?.valueString)) {
          issues.push(
            issue(
              'RSP-3',
              at(consent, 'extension'),
              `Modified CPR must say in words what is modified. Add the extension ${EXTENSION.condition}.`,
            ),
          )
        }
        return issues
      }),
}
