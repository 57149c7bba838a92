import type { CarePlan, Consent } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../../src/fhir/identifier.ts'
import { type FhirResource, mapReferences, resourceKey } from '../../../src/fhir/resource.ts'
import { EXTENSION, SYSTEM } from '../../../src/plan/codes.ts'
import type { PersonRecord } from '../../../src/plan/person.ts'
import type { SubmissionEntry } from '../../../src/plan/submission.ts'

/** As a sender has it: no permit, deny or dnr, no identity of the server's. */
const authored = (resource: FhirResource): FhirResource => {
  if (resource.resourceType === 'Consent') return authoredConsent(resource)
  if (resource.resourceType !== 'CarePlan') return resource
  const plan: CarePlan = {
    ...resource,
    status: 'draft',
    extension: (resource.extension ?? []).filter(({ url }) => url !== EXTENSION.planVersion),
    identifier: (resource.identifier ?? []).filter(({ system }) => system !== IDENTIFIER_SYSTEM.planId),
  }
  delete plan.period
  return plan
}

const authoredConsent = (consent: Consent): Consent => ({
  ...consent,
  category: consent.category.filter(({ coding }) => coding?.[0]?.system !== SYSTEM.consentCategoryHl7),
  ...(consent.provision?.provision === undefined
    ? {}
    : {
        provision: {
          ...consent.provision,
          provision: consent.provision.provision.map(({ type: _type, ...rest }) => rest),
        },
      }),
})

/** The resources of a record as a sender submits them: without ids, referring to each other by `urn:test:Type/id`. */
export const entriesOf = (person: PersonRecord): SubmissionEntry[] => {
  const urn = (reference: string): string =>
    [...person.resources.keys()].some((key) => key === reference) ? `urn:test:${reference}` : reference
  return [...person.resources.values()].map((resource) => {
    const { id: _id, ...rest } = mapReferences(authored(resource), urn)
    return { fullUrl: `urn:test:${resourceKey(resource)}`, resource: rest as FhirResource }
  })
}

/** The same value, of which any change throws. */
export const frozen = <Value>(value: Value): Value => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    if (value instanceof Map) for (const one of value.values()) frozen(one)
    for (const one of Object.values(value)) frozen(one)
  }
  return value
}
