import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { atExtension } from '../expression.ts'
import { extension } from '../person.ts'
import { aboutWhat, discussionOf, hasCapacityCode, involvementOf, isConsulted, recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/**
 * INV-10. Where RSP-9 asks whether anyone was consulted about the plan, this asks of each recommendation that says with whom it was
 * discussed: a clinician alone may not decide for someone who lacks capacity.
 */
export const notDecidedAlone: PlanRule = {
  key: 'INV-10',
  title: 'For someone who lacks capacity no recommendation is decided by clinicians alone',
  severity: 'error',
  source: 'Domain reference 9.2; ReSPECT v3 section 6',
  plans: EMERGENCY,
  check: (plan, person) => {
    if (!hasCapacityCode(plan, person, 'lacks-capacity') || involvementOf(plan).reason !== undefined) return []
    return recommendationsOf(plan, person)
      .filter((consent) => extension(consent, EXTENSION.basis)?.valueCode === 'clinical-recommendation')
      .filter((consent) => extension(consent, EXTENSION.discussion) !== undefined)
      .filter((consent) => !isConsulted(consent) && discussionOf(consent).reason === undefined)
      .map((consent) =>
        issue(
          'INV-10',
          atExtension(consent, EXTENSION.discussion),
          `The person lacks capacity, and ${aboutWhat(consent)} was made by clinicians without family or proxy. Record with whom it was discussed, or why with nobody (sub-extension \`reason\`, or involvement D).`,
        ),
      )
  },
}
