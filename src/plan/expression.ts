import type { Resource } from '../fhir/resource.ts'

/**
 * FHIRPath of an element of one resource among the many of a person, e.g. `Consent.where(id='a').dateTime`. A Patient needs no
 * telling apart. `prepareSubmission` turns the first part into the place in the submitted Bundle.
 */
export const at = (resource: Resource, path: string): string => {
  const root =
    resource.id === undefined || resource.resourceType === 'Patient'
      ? resource.resourceType
      : `${resource.resourceType}.where(id='${resource.id}')`
  return path === '' ? root : `${root}.${path}`
}

/** FHIRPath of an extension of a resource, by its address. */
export const atExtension = (resource: Resource, url: string): string => at(resource, `extension('${url}')`)
