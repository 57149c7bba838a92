import type { CarePlan, Provenance } from 'fhir/r4.js'
import { type FhirResource, parseReference, resourceKey } from '../../fhir/resource.ts'
import { membersOf } from '../members.ts'
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
 * All that the active plans are made of: the plans, their members (`membersOf`) and their Provenances. Never the Patient, and no other
 * CarePlan: a plan that was replaced is not part of the one that replaced it.
 */
export const contentInForce = (person: PersonRecord): FhirResource[] => {
  const plans = activePlans(person)
  return [
    ...new Set([
      ...plans,
      ...plans.flatMap((plan) => [...membersOf(person, plan).values()]),
      ...plans.flatMap((plan) => provenancesOf(person, plan)),
    ]),
  ]
}
