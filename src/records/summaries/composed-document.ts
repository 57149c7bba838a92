import type { CarePlan } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { Problem, problem } from '../../fhir/outcome.ts'
import { parseReference } from '../../fhir/resource.ts'
import type { Store } from '../../store/store.ts'
import { read } from '../read.ts'
import { respectDocument } from './documents.ts'
import { summary } from './summary.ts'

const isUnknown = (error: unknown): boolean => error instanceof Problem && error.issues[0]?.key === 'not-found'

/**
 * The document that begins with this Composition (http://hl7.org/fhir/R4/composition-operation-document.html): the Key Information Summary,
 * whose Composition has the id of the Patient, or the document of an emergency-care plan, whose Composition has the plan's. Throws
 * `not-found`, `forbidden`.
 */
export const composedDocument = async (store: Store, cx: RequestContext, id: string): Promise<string> => {
  try {
    return await summary(store, cx, id)
  } catch (error) {
    if (!isUnknown(error)) throw error
  }
  try {
    const plan = parseFhirJson((await read(store, cx, 'CarePlan', id)).body) as CarePlan
    const patient = parseReference(plan.subject.reference)?.id ?? ''
    return await respectDocument(store, cx, patient, id)
  } catch (error) {
    if (!isUnknown(error)) throw error
    throw problem(
      'not-found',
      'not-found',
      `There is no Composition/${id} here. A Composition is composed when it is asked for, and has the id of the Patient (Key Information Summary) or of the CarePlan (its document).`,
    )
  }
}
