import { issue } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { contentOf } from '../person.ts'
import { BOTH, type PlanRule } from './rule.ts'

/** What each type must say of itself to count: element and the values that let it count. A type that is not here has no such element. */
const IN_FORCE: Readonly<Record<string, readonly [element: string, values: readonly string[]]>> = {
  Consent: ['status', ['active']],
  Goal: ['lifecycleStatus', ['proposed', 'planned', 'accepted', 'active', 'on-hold', 'completed']],
  Observation: ['status', ['registered', 'preliminary', 'final', 'amended', 'corrected']],
  CareTeam: ['status', ['proposed', 'active']],
  MedicationRequest: ['status', ['active', 'on-hold', 'completed']],
  QuestionnaireResponse: ['status', ['completed', 'amended']],
  Flag: ['status', ['active']],
  DocumentReference: ['status', ['current']],
}

/** A reader of an active plan takes its content as meant; content that is a draft, withdrawn or an error is not. */
export const contentInForce: PlanRule = {
  key: 'plan-content-active',
  title: 'What an active plan consists of is itself in force',
  severity: 'error',
  source: 'FHIR R4 status elements; domain model section 1',
  plans: BOTH,
  check: (plan, person) =>
    contentOf(person, plan).flatMap((resource: FhirResource) => {
      const [element, values] = IN_FORCE[resource.resourceType] ?? []
      if (element === undefined || values === undefined) return []
      const value = (resource as unknown as Record<string, unknown>)[element]
      if (typeof value === 'string' && values.includes(value)) return []
      return [
        issue(
          'plan-content-active',
          at(resource, element),
          `The plan names a ${resource.resourceType} that is not in force. Leave it out of the plan, or give it one of: ${values.join(', ')}.`,
        ),
      ]
    }),
}
