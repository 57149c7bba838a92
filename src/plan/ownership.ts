import type { Provenance, Reference } from 'fhir/r4.js'
import { type FhirResource, parseReference, type Resource, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { type PersonRecord, personRecord } from './person.ts'

/** Types that belong to no person; every other type belongs to one, also a type that KeyPlan does not know. */
const IMPERSONAL: ReadonlySet<string> = new Set([
  'Organization',
  'Practitioner',
  'PractitionerRole',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Device',
  'Medication',
  'Questionnaire',
  'PlanDefinition',
  'ActivityDefinition',
])

export const isPersonal = (type: string): boolean => !IMPERSONAL.has(type)

/** The reference by which a resource says whose it is: `patient`, `subject`, or `for` of a Task; undefined for a type that has none, or where it is missing. */
export const subjectReference = (resource: Resource): Reference | undefined => {
  const { patient, subject, for: beneficiary } = resource as unknown as Record<string, Reference | undefined>
  return patient ?? subject ?? (resource.resourceType === 'Task' ? beneficiary : undefined)
}

/** Whether a resource of a person's record is that person's own. A Provenance is, if all it is about is. */
export const isOwn = (resource: FhirResource, person: PersonRecord): boolean => {
  if (resource.resourceType === 'Provenance') return isAboutOwn(resource, person)
  if (!isPersonal(resource.resourceType)) return true
  const own = resourceKey(person.patient)
  if (resource.resourceType === 'Patient') return resourceKey(resource) === own
  return parseReference(subjectReference(resource)?.reference)?.key === own
}

const isAboutOwn = (provenance: Provenance, person: PersonRecord): boolean =>
  provenance.target.every(({ reference }) => {
    const key = parseReference(reference)?.key
    const target = key === undefined ? undefined : person.resources.get(key)
    return target !== undefined && target.resourceType !== 'Provenance' && isOwn(target, person)
  })

/**
 * The record without what is another person's. What is read for a commit can hold such resources, because a request named them; nothing
 * may be decided from them.
 */
export const ownRecord = (person: PersonRecord): PersonRecord =>
  personRecord(
    person.patient,
    [...person.resources.values()].filter((resource) => isOwn(resource, person)),
  )

/** The own resource that a literal relative reference names, or undefined. `person` is an own record. */
export const resolve = (person: PersonRecord, reference: string | undefined): FhirResource | undefined =>
  person.resources.get(parseReference(reference)?.key ?? ('' as ResourceKey))
