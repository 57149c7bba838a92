import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { isChildOn } from '../dates.ts'
import { at } from '../expression.ts'
import { extension } from '../person.ts'
import {
  capacitiesOf,
  capacityCode,
  decisionDateOf,
  involvedContactsOf,
  involvementOf,
  isBlank,
  isConsulted,
  recommendationsOf,
} from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-9 (ReSPECT sections 5 and 6). */
export const lackOfCapacityConsulted: PlanRule = {
  key: 'RSP-9',
  title: 'Lack of capacity needs its reason, and someone consulted or the reason for nobody',
  severity: 'error',
  source: 'ReSPECT v3 sections 5 and 6',
  plans: EMERGENCY,
  check: (plan, person, { jurisdiction }) => {
    const capacities = capacitiesOf(plan, person)
    if (capacities.length === 0) {
      return isChildOn(person.patient, decisionDateOf(plan, person), jurisdiction) === true
        ? []
        : [
            issue(
              'RSP-9',
              at(plan, 'supportingInfo'),
              'The plan does not say whether the person has capacity to take part in it. Add an Observation with code decision-capacity.',
              { severity: 'warning' },
            ),
          ]
    }
    const lacking = capacities.filter((observation) => capacityCode(observation) === 'lacks-capacity')
    if (lacking.length === 0) return []
    const issues = lacking
      .filter((observation) => isBlank(extension(observation, EXTENSION.capacityReason)?.valueString))
      .map((observation) =>
        issue(
          'RSP-9',
          at(observation, 'extension'),
          `The person lacks capacity, but in what way is not written down. Add the extension ${EXTENSION.capacityReason}.`,
        ),
      )
    const consulted =
      recommendationsOf(plan, person).some(isConsulted) ||
      involvedContactsOf(plan, person).length > 0 ||
      involvementOf(plan).reason !== undefined
    if (!consulted) {
      issues.push(
        issue(
          'RSP-9',
          at(plan, 'supportingInfo'),
          `The person lacks capacity, and nobody who speaks for them was consulted. Record who was (a RelatedPerson with ${EXTENSION.involvedInPlan}, or a discussion with family or proxy), or give involvement D with its reason.`,
        ),
      )
    }
    return issues
  },
}
