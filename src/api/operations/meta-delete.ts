import { metaChange } from './meta-change.ts'

/** Takes profiles and tags away from a resource (http://hl7.org/fhir/R4/resource-operation-meta-delete.html). */
export const metaDelete = metaChange('delete')
