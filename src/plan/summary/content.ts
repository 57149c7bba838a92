import type { CarePlan, Provenance } from 'fhir/r4.js'
import {
  type FhirResource,
  findReferences,
  parseReference,
  type ResourceKey,
  resourceKey,
} from '../../fhir/resource.ts'
import { activePlan, contentOf, ofType, type PersonRecord } from '../person.ts'

/** The active plans: the emergency-care plan first. */
export const activePlans = (person: PersonRecord): CarePlan[] =>
  [activePlan(person, 'emergency-care'), activePlan(person, 'what-matters')].filter((plan) => plan !== undefined)

/** The Provenances of a plan, whichever version of it they name, oldest first. */
export const provenancesOf = (person: PersonRecord, plan: CarePlan): Provenance[] =>
  ofType(person, 'Provenance')
    .filter(({ target }) => target.some(({ reference }) => parseReference(reference)?.key === resourceKey(plan)))
    .sort((one, other) => compare(`${one.recorded} ${one.id}`, `${other.recorded} ${other.id}`))

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0)

/** What the active plans refer to themselves, each resource once, in the order in which the plans name them. */
export const directContent = (person: PersonRecord): FhirResource[] => [
  ...new Set(activePlans(person).flatMap((plan) => contentOf(person, plan))),
]

/**
 * All that the active plans are made of: the plans, what they refer to, what that refers to in turn as far as the record
 * holds it (such as the RelatedPerson behind a proxy), and their Provenances. Never the Patient, and no other CarePlan: a plan
 * that was replaced is not part of the one that replaced it. The order follows from the resources, not from the map.
 */
export const contentInForce = (person: PersonRecord): FhirResource[] => {
  const found = new Map<ResourceKey, FhirResource>()
  const add = (resource: FhirResource): void => {
    if (found.has(resourceKey(resource))) return
    found.set(resourceKey(resource), resource)
    // A Provenance may also name what lies outside the plan as a target, so what it refers to is not followed.
    if (resource.resourceType === 'Provenance') return
    for (const { reference } of findReferences(resource)) {
      const target = person.resources.get(parseReference(reference.reference)?.key ?? '/')
      if (target !== undefined && target.resourceType !== 'Patient' && target.resourceType !== 'CarePlan') add(target)
    }
  }
  const plans = activePlans(person)
  plans.forEach(add)
  for (const plan of plans) provenancesOf(person, plan).forEach(add)
  return [...found.values()]
}
