import type { FhirResource } from 'fhir/r4.js'
import { OBSERVATION } from '../../../src/plan/codes.ts'
import { consentCategory, interventionOf } from '../../../src/plan/person.ts'

/** The resources of a submission by the names by which changes call them, in their order. */
export type Named = Map<string, FhirResource>

const nameOf = (resource: FhirResource): string => {
  switch (resource.resourceType) {
    case 'CarePlan':
      return 'plan'
    case 'Patient':
      return 'patient'
    case 'Provenance':
      return 'signature'
    case 'RelatedPerson':
      return 'contact'
    case 'QuestionnaireResponse':
      return 'response'
    case 'Goal':
      return resource.category?.[0]?.coding?.[0]?.code ?? 'goal'
    case 'Consent':
      return (
        interventionOf(resource) ??
        { 'welfare-proxy': 'proxy', 'sharing-decision': 'sharing' }[consentCategory(resource) as string] ??
        'consent'
      )
    case 'Observation':
      return (
        (
          [
            ['capacity', OBSERVATION.capacity],
            ['place-of-care', OBSERVATION.placeOfCare],
            ['place-of-death', OBSERVATION.placeOfDeath],
          ] as const
        ).find(([, { code }]) => resource.code.coding?.[0]?.code === code)?.[0] ??
        (resource.code.coding?.[0]?.code as string)
      )
    default:
      return resource.resourceType.toLowerCase()
  }
}

/** Resources by their names; of those of one name, the second is `name~2`. */
export const named = (resources: readonly FhirResource[]): Named => {
  const names: Named = new Map()
  for (const resource of resources) {
    const name = nameOf(resource)
    const count = [...names.keys()].filter((each) => each === name || each.startsWith(`${name}~`)).length
    names.set(count === 0 ? name : `${name}~${count + 1}`, resource)
  }
  return names
}
