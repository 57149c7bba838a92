import type { Questionnaire } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { typeNamed } from '../references/references.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'

/** The type of resource that a Reference is to, as far as it says. */
export const typeReferredTo = ({ value }: Spot, from: Spot, run: Run): string | undefined => {
  const { reference, type } = value as Node
  const found = typeof reference === 'string' ? (run.resolve(from, reference)?.type ?? typeNamed(reference)) : undefined
  return found ?? (typeof type === 'string' ? type : undefined)
}

/** A response is about one of those whom the Questionnaire is for (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.subjectType). */
export const checkSubject = (response: Spot, { subjectType = [] }: Questionnaire, run: Run): void => {
  const [subject] = childrenNamed(response, 'subject')
  if (subject === undefined || subjectType.length === 0) return
  const type = typeReferredTo(subject, response, run)
  if (type === undefined || (subjectType as readonly string[]).includes(type)) return
  run.report(
    findingAt(subject, 'response-subject', 'business-rule', 'The Questionnaire is not for subjects of this type.', {
      severity: 'warning',
      value: shownValue(type),
      expected: subjectType.join(' or '),
      hint: 'Check the subject, and whether this is the form that is meant.',
    }),
  )
}
