import type { CarePlan, Consent } from 'fhir/r4.js'
import { type FhirResource, findReferences, parseReference, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import type { ConsentCategory } from './codes.ts'
import { isPersonal } from './ownership.ts'
import { consentCategory, contentOf, ofType, type PersonRecord } from './person.ts'

/** What the person decides about who sees their plans, whatever plan there is. */
const OF_THE_PERSON: readonly (ConsentCategory | undefined)[] = ['sharing-decision', 'portal-restriction']

/** Whether a Consent is what the person decides about who sees their record, and no part of a plan. */
export const isOfThePerson = (consent: Consent): boolean => OF_THE_PERSON.includes(consentCategory(consent))

const isMember = (resource: FhirResource): boolean =>
  isPersonal(resource.resourceType) &&
  resource.resourceType !== 'Patient' &&
  resource.resourceType !== 'CarePlan' &&
  !(resource.resourceType === 'Consent' && isOfThePerson(resource))

/**
 * What one plan is made of, itself and its Provenances left out: the content that it names and what that refers to in turn (such as
 * the RelatedPerson of a proxy). Never the Patient, another plan, or what the person decides about who sees it, which is theirs and outlives the plan.
 */
export const membersOf = (person: PersonRecord, plan: CarePlan): ReadonlyMap<ResourceKey, FhirResource> => {
  const found = new Map<ResourceKey, FhirResource>()
  const add = (resource: FhirResource): void => {
    if (found.has(resourceKey(resource)) || !isMember(resource)) return
    found.set(resourceKey(resource), resource)
    for (const { reference } of findReferences(resource)) {
      const target = person.resources.get(parseReference(reference.reference)?.key ?? '/')
      if (target !== undefined) add(target)
    }
  }
  contentOf(person, plan).forEach(add)
  return found
}

/** The keys of all that the active plans of a person are made of, `except` one plan. */
export const inUse = (person: PersonRecord, except: CarePlan): ReadonlySet<ResourceKey> =>
  new Set(
    ofType(person, 'CarePlan')
      .filter((plan) => plan.status === 'active' && resourceKey(plan) !== resourceKey(except))
      .flatMap((plan) => [...membersOf(person, plan).keys()]),
  )
