import type { CarePlan, Reference } from 'fhir/r4.js'
import { type FhirResource, parseReference, resourceKey } from '../../fhir/resource.ts'
import { type PlanType, QUESTIONNAIRE } from '../codes.ts'
import { consentCategory, isPlaceOfCare, isPlaceOfDeath, planType } from '../person.ts'

type Link = 'goal' | 'supportingInfo' | 'careTeam'

/** The element by which a plan names what it consists of. A type that is not here is no content of a plan. */
const LINK: Readonly<Record<string, Link>> = {
  Goal: 'goal',
  CareTeam: 'careTeam',
  Consent: 'supportingInfo',
  Observation: 'supportingInfo',
  RelatedPerson: 'supportingInfo',
  MedicationRequest: 'supportingInfo',
  Flag: 'supportingInfo',
  QuestionnaireResponse: 'supportingInfo',
  DocumentReference: 'supportingInfo',
}

const linkOf = (resource: FhirResource): Link | undefined =>
  resource.resourceType === 'Consent' && consentCategory(resource) === 'sharing-decision'
    ? undefined
    : LINK[resource.resourceType]

/** Which of two plans in one submission a resource belongs to (model.md section 1). */
const belongsTo = (resource: FhirResource): PlanType => {
  if (resource.resourceType === 'Goal') return 'what-matters'
  if (resource.resourceType === 'Observation' && (isPlaceOfCare(resource) || isPlaceOfDeath(resource)))
    return 'what-matters'
  if (resource.resourceType === 'QuestionnaireResponse') {
    return resource.questionnaire?.split('|')[0] === QUESTIONNAIRE.whatMatters ? 'what-matters' : 'emergency-care'
  }
  return 'emergency-care'
}

const keysIn = (plan: CarePlan): string[] =>
  [...(plan.goal ?? []), ...(plan.supportingInfo ?? []), ...(plan.careTeam ?? [])].flatMap(
    ({ reference }) => parseReference(reference)?.key ?? [],
  )

/**
 * The plan with references to the submitted resources that no plan names yet, so that nothing that was sent is stored without being
 * part of what is shown. Where two plans came together, each gets what belongs to its type. Sharing decisions are the person's,
 * Provenances name the plan themselves: neither is linked.
 */
export const linkContent = (
  plan: CarePlan,
  plans: readonly CarePlan[],
  resources: readonly FhirResource[],
): CarePlan => {
  const named = new Set(plans.flatMap(keysIn))
  const missing = resources.filter(
    (resource) =>
      linkOf(resource) !== undefined &&
      !named.has(resourceKey(resource)) &&
      (plans.length === 1 || belongsTo(resource) === planType(plan)),
  )
  const linked = { ...plan }
  for (const element of ['goal', 'supportingInfo', 'careTeam'] as const) {
    const references = missing
      .filter((resource) => linkOf(resource) === element)
      .map((resource): Reference => ({ reference: resourceKey(resource) }))
    if (references.length > 0) linked[element] = [...(plan[element] ?? []), ...references]
  }
  return linked
}
