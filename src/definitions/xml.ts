import { childrenBy } from '../fhir/xml/children.ts'
import { elementsOf, isAttribute, isPrimitive, isResourceType } from './tables.ts'

/** What the XML form must know of R4's types, in both directions. */
export const XML_CHILDREN = childrenBy({ elementsOf, isPrimitive, isAttribute, isResourceType })
