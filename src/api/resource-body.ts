import { problem } from '../fhir/outcome.ts'
import type { Resource } from '../fhir/resource.ts'
import type { ApiRequest } from './route.ts'

/** The resource of the body, of the type that the path names. Throws `bad-request` where it is of another (http://hl7.org/fhir/R4/http.html#create). */
export const resourceOf = ({ resource, type }: ApiRequest): Resource => {
  if (resource?.resourceType === type) return resource
  throw problem('bad-request', 'resource-type-mismatch', `The body must be a ${type}, as the path says.`, {
    expression: 'resourceType',
  })
}

/** The resource without its id: a server assigns the id of what is created (http://hl7.org/fhir/R4/http.html#create). */
export const withoutId = (resource: Resource): Resource => {
  if (!('id' in resource)) return resource
  const { id: _, ...rest } = resource
  return rest
}

/** Passes where the resource has the id of the path; throws `bad-request` otherwise (http://hl7.org/fhir/R4/http.html#update). */
export const checkId = (resource: Resource, id: string, expression = `${resource.resourceType}.id`): void => {
  if (resource.id === id) return
  throw problem(
    'bad-request',
    'id-mismatch',
    resource.id === undefined
      ? 'The resource has no id: an update needs the id of the path in the resource too.'
      : 'The id of the resource is not the id of the path.',
    { expression },
  )
}
