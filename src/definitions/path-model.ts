import type { Model } from '../fhir/fhirpath/model.ts'
import { isPrimitive, lineageOf, propertiesOf, propertiesOfElement, remember } from './tables.ts'

const hasElements = remember((type): boolean => {
  if (type.startsWith('System.') || isPrimitive(type)) return false
  try {
    propertiesOf(type)
    return true
  } catch {
    return false
  }
})

/** The types of R4 as FHIRPath needs them. */
export const R4_MODEL: Model = {
  properties: (type, element) =>
    hasElements(type)
      ? propertiesOfElement(type, element).map(({ property, type: { code } }) => ({ property, type: code }))
      : [],
  typeOf: (type, property) => (hasElements(type) ? propertiesOf(type).get(property)?.type.code : undefined),
  lineage: (type) => (hasElements(type) ? lineageOf(type) : [type]),
}
