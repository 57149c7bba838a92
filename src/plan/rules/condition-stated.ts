import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { extension, interventionOf, recommendationOf } from '../person.ts'
import { aboutWhat, isBlank, recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** A condition that nobody can read is none; for CPR this is part of RSP-3. */
export const conditionStated: PlanRule = {
  key: 'condition-missing',
  title: 'A conditional recommendation says its condition',
  severity: 'error',
  source: 'ReSPECT v3 section 4; openEHR conditional recommendation',
  plans: EMERGENCY,
  check: (plan, person) =>
    recommendationsOf(plan, person)
      .filter((consent) => recommendationOf(consent) === 'conditional' && interventionOf(consent) !== 'cpr')
      .filter((consent) => isBlank(extension(consent, EXTENSION.condition)?.valueString))
      .map((consent) =>
        issue(
          'condition-missing',
          at(consent, 'extension'),
          `In ${aboutWhat(consent)} the condition is not written down. Add the extension ${EXTENSION.condition}.`,
        ),
      ),
}
