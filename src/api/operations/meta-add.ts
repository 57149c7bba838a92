import { metaChange } from './meta-change.ts'

/** Adds profiles and tags to a resource (http://hl7.org/fhir/R4/resource-operation-meta-add.html). */
export const metaAdd = metaChange('add')
