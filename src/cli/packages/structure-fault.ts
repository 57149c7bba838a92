import { isError } from '../../fhir/outcome.ts'
import { sentencesOf } from '../../validation/findings/finding.ts'
import { validateStructure } from '../../validation/validate.ts'

/** What is wrong with a definition as FHIR R4, in a sentence; undefined where nothing is. */
export const structureFault = (resource: object): string | undefined => {
  const fault = validateStructure(resource).find(isError)
  return fault === undefined ? undefined : `${fault.expression ?? ''} ${sentencesOf(fault)}`.trim()
}
