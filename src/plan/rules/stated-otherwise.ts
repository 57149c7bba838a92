import type { CarePlan, CodeableConcept, Consent } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { INTERVENTIONS, type Intervention, type Recommendation } from '../codes.ts'
import { CPR_SAYINGS, sayingsIn } from '../cpr-statements.ts'
import { at } from '../expression.ts'
import { resolve } from '../ownership.ts'
import { contentOf, interventionOf, type PersonRecord, recommendationOf } from '../person.ts'

type Directive = Readonly<{
  resource: FhirResource
  path: string
  code: CodeableConcept | undefined
  doNotPerform: boolean
}>

/** Statements that something is to be done or not, other than by a recommendation: activities of the plan, requests it names. */
const directivesOf = (plan: CarePlan, person: PersonRecord): Directive[] => [
  ...(plan.activity ?? []).flatMap(({ detail }, index) =>
    detail === undefined
      ? []
      : [
          {
            resource: plan,
            path: `activity[${index}].detail`,
            code: detail.code,
            doNotPerform: detail.doNotPerform === true,
          },
        ],
  ),
  ...[...contentOf(person, plan), ...activitiesOf(plan, person)].flatMap((resource): Directive[] => {
    if (resource.resourceType === 'ServiceRequest') {
      return [{ resource, path: 'doNotPerform', code: resource.code, doNotPerform: resource.doNotPerform === true }]
    }
    // A medicine that is prescribed is no statement about an intervention; one that must not be given is.
    if (resource.resourceType === 'MedicationRequest' && resource.doNotPerform === true) {
      return [{ resource, path: 'doNotPerform', code: resource.medicationCodeableConcept, doNotPerform: true }]
    }
    return []
  }),
]

/** The requests that a plan names as its activities: no content of a plan, and yet a reader may follow them. */
const activitiesOf = (plan: CarePlan, person: PersonRecord): FhirResource[] =>
  (plan.activity ?? [])
    .map(({ reference }) => resolve(person, reference?.reference))
    .filter((resource): resource is FhirResource => resource !== undefined)

const cprDecisions = (recommendations: readonly Consent[]): (Recommendation | undefined)[] =>
  recommendations.filter((consent) => interventionOf(consent) === 'cpr').map(recommendationOf)

/** A part of RSP-4: whatever a recommendation carries inside its provision says the same about CPR as the recommendation of the plan. */
export const checkProvisionCodings = (recommendations: readonly Consent[]): Issue[] => {
  const decided = cprDecisions(recommendations)
  return recommendations.flatMap((consent) => {
    const issues: Issue[] = []
    const visit = (value: unknown, path: string): void => {
      if (typeof value !== 'object' || value === null) return
      const { system, code } = value as { system?: unknown; code?: unknown }
      const said = CPR_SAYINGS.find((saying) => saying.system === system && saying.code === code)?.says
      if (said !== undefined && !decided.every((one) => one === said)) {
        issues.push(
          issue(
            'RSP-4',
            at(consent, path),
            `This code says that CPR is ${said}, but the recommendation of the plan says ${decided.join(', ')}. Leave the code out: it is derived from the recommendation.`,
          ),
        )
      }
      for (const [name, child] of Object.entries(value))
        visit(child, Array.isArray(value) ? `${path}[${name}]` : `${path}.${name}`)
    }
    visit(consent.provision, 'provision')
    return issues
  })
}

/** A part of RSP-4: a finding that other systems read as a decision about CPR says what the recommendation says. */
export const checkFindings = (plan: CarePlan, person: PersonRecord, recommendations: readonly Consent[]): Issue[] => {
  const decided = cprDecisions(recommendations)
  return contentOf(person, plan).flatMap((resource) => {
    if (resource.resourceType !== 'Observation' && resource.resourceType !== 'Flag') return []
    const values = resource.resourceType === 'Observation' ? [resource.valueCodeableConcept] : []
    return [['code', resource.code] as const, ...values.map((value) => ['value', value] as const)].flatMap(
      ([path, concept]) =>
        sayingsIn(concept)
          .filter(({ says }) => !decided.every((one) => one === says))
          .map(({ says }) =>
            issue(
              'RSP-4',
              at(resource, path),
              `This finding says that CPR is ${says}, but the recommendation of the plan says ${decided.join(', ')}. Leave the finding out: it is derived from the recommendation.`,
            ),
          ),
    )
  })
}

const interventionIn = (concept: CodeableConcept | undefined): Intervention | undefined =>
  INTERVENTIONS.find(({ system, code }) => hasCoding(concept?.coding, system, code))?.name

const checkDirective = (directive: Directive, recommendations: readonly Consent[]): Issue[] => {
  const { resource, path, code, doNotPerform } = directive
  const intervention = interventionIn(code)
  if (intervention === undefined) {
    if (!doNotPerform) return []
    return [
      issue(
        'RSP-4',
        at(resource, path),
        'Something is not to be done (doNotPerform), but what cannot be told from its code. Record it as a recommendation about a known intervention.',
      ),
    ]
  }
  const found = recommendations.filter((consent) => interventionOf(consent) === intervention).map(recommendationOf)
  // An order says nothing of a condition, so it agrees with a recommendation that has none.
  const agreeing: Recommendation = doNotPerform ? 'not-recommended' : 'recommended'
  const agrees = found.length > 0 && found.every((code) => code === agreeing)
  if (agrees) return []
  return [
    issue(
      'RSP-4',
      at(resource, path),
      found.length === 0
        ? `The plan says outside its recommendations that ${intervention} is ${doNotPerform ? 'not ' : ''}to be done. Add a recommendation about it.`
        : `The plan says here that ${intervention} is ${doNotPerform ? 'not ' : ''}to be done, but its recommendation says ${found.join(', ')}. Correct one of the two.`,
    ),
  ]
}

/** A part of RSP-4: orders and activities (doNotPerform) say what the recommendation about the same intervention says. */
export const checkDirectives = (plan: CarePlan, person: PersonRecord, recommendations: readonly Consent[]): Issue[] =>
  directivesOf(plan, person).flatMap((directive) => checkDirective(directive, recommendations))
