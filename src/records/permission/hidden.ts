import { lookUpOf } from '../../access/conditions.ts'
import type { RequestContext } from '../../context.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { Store } from '../../store/store.ts'
import { about, asking, decideAll, permitOf, refusal } from './permission.ts'

/** Who reads at a portal, so that a person may hide something from them; undefined for all others, of whom nothing has to be looked up. */
const portalOf = (cx: RequestContext) => lookUpOf(asking(cx, 'read'))?.hidden?.from

/**
 * Throws where the person hides from the caller what is made of many of their resources: an answer of which no single one tells what was decided, but
 * all together may.
 */
export const requireNothingHidden = async (store: Store, cx: RequestContext, patient: string): Promise<void> => {
  if (portalOf(cx) === undefined) return
  const person = await store.sharing(patient)
  if (person === undefined) return
  const subject = about(patient, person, 'CarePlan')
  const [decision] = await decideAll(store, cx, [subject])
  if (decision?.permitted === false && decision.reason === 'hidden-by-person') throw refusal(decision, subject)
}

/** Said with every list of records where something may have been left out of it, whether it was or not. */
export const hiddenByPerson = async (store: Store, cx: RequestContext): Promise<readonly Issue[]> => {
  const from = portalOf(cx)
  return from !== undefined && (await store.hides(permitOf(cx, undefined), from)) ? [LEFT_OUT] : []
}

const LEFT_OUT = issue(
  'hidden-by-person',
  'Bundle.entry',
  'What tells, or may tell, what was decided about resuscitation is left out here, because the person has decided so. Infer nothing from that it is missing. Crews and clinicians see it. Ask the GP practice.',
  { severity: 'warning', code: 'suppressed' },
)
