import { type FhirResource, resourceKey } from '../../fhir/resource.ts'

/** A resource of a submission, and the address by which the others refer to it. */
export type SubmissionEntry = Readonly<{ fullUrl?: string; resource: FhirResource }>

/** What other entries may call this one: its fullUrl, and `Type/id` where it came with an id of the sender's. */
export const namesOf = ({ fullUrl, resource }: SubmissionEntry): string[] => {
  const relative = /(?:^|\/)([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})$/.exec(fullUrl ?? '')?.[1]
  return [
    ...(fullUrl === undefined ? [] : [fullUrl]),
    ...(relative === undefined ? [] : [relative]),
    ...(resource.id === undefined ? [] : [resourceKey(resource)]),
  ]
}
