import type { Consent } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { at } from '../expression.ts'
import { consentPeriods, hasEnd, standingOf } from '../in-force.ts'
import { consentCategory, contentOf } from '../person.ts'
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

const OUTSIDE = { over: 'has ended', 'not-yet': 'has not begun' } as const

/**
 * What a Consent says outside its period does not hold. A recommendation has no end at all: an active plan holds until it is replaced, and
 * nobody takes a recommendation out of what crews were given on the day on which it ends. The powers of a proxy can have one.
 */
const checkPeriods = (consent: Consent, now: Date): Issue[] =>
  consentPeriods(consent).flatMap(({ period, path }) => {
    const standing = standingOf(period, now)
    if (standing !== 'in-force') {
      return [
        issue(
          'plan-content-active',
          at(consent, path),
          `The plan names a Consent whose period ${OUTSIDE[standing]}, so it does not hold now. Leave it out of the plan, or correct the period.`,
        ),
      ]
    }
    if (!hasEnd(period, now)) return []
    if (consentCategory(consent) === 'emergency-recommendation') {
      return [
        issue(
          'plan-content-active',
          at(consent, `${path}.end`),
          'A recommendation in an active plan has no end: it holds until the plan is replaced or withdrawn. Leave the end out, and give the date on which to look again as the review date.',
        ),
      ]
    }
    return [
      issue(
        'plan-content-active',
        at(consent, `${path}.end`),
        'This ends by itself, and the plan then still names it. Review the plan before that day.',
        { severity: 'warning' },
      ),
    ]
  })

/** A reader of an active plan takes its content as meant; content that is a draft, withdrawn or an error is not. */
export const contentInForce: PlanRule = {
  key: 'plan-content-active',
  title: 'What an active plan consists of is itself in force',
  severity: 'error',
  source: 'FHIR R4 status elements, Consent.provision.period; domain model section 1',
  plans: BOTH,
  check: (plan, person, { now }) =>
    contentOf(person, plan).flatMap((resource: FhirResource) => {
      const [element, values] = IN_FORCE[resource.resourceType] ?? []
      if (element === undefined || values === undefined) return []
      const value = (resource as unknown as Record<string, unknown>)[element]
      const outside = resource.resourceType === 'Consent' ? checkPeriods(resource, now) : []
      if (typeof value === 'string' && values.includes(value)) return outside
      return [
        ...outside,
        issue(
          'plan-content-active',
          at(resource, element),
          `The plan names a ${resource.resourceType} that is not in force. Leave it out of the plan, or give it one of: ${values.join(', ')}.`,
        ),
      ]
    }),
}
