import type { Model, ModelProperty } from '../fhir/fhirpath/model.ts'
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

const ofElement = remember((type): ((element: string) => readonly ModelProperty[]) => {
  const known = hasElements(type)
  return remember((element) =>
    known
      ? propertiesOfElement(type, element).map(({ property, type: { code } }) => ({
          property,
          beside: isPrimitive(code) ? `_${property}` : undefined,
          type: code,
        }))
      : [],
  )
})

/** The types of R4 as FHIRPath needs them. */
export const R4_MODEL: Model = {
  properties: (type, element) => ofElement(type)(element),
  typeOf: (type, property) => (hasElements(type) ? propertiesOf(type).get(property)?.type.code : undefined),
  lineage: (type) => (hasElements(type) ? lineageOf(type) : [type]),
}
