import type { RequestContext } from '../../context.ts'
import { type ConsentRegime, useConsentRegime } from '../../plan/jurisdiction.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { rederiveEach } from '../summaries/rederive.ts'

/** Persons of one step. */
const STEP = 100

/**
 * Puts the database under this regime: everybody's sharing is derived anew, and only then the regime is the database's. What derives beside it under
 * the other one has to be stopped before. Throws an Error where somebody cannot be derived: nobody is served under half of a regime. Answers of how
 * many persons something else came out.
 */
export const settleConsentRegime = async (store: Store, cx: RequestContext, regime: ConsentRegime): Promise<number> => {
  if ((await store.consentRegime.read()) === regime) return 0
  useConsentRegime(regime)
  let changed = 0
  for (let after = ''; ; ) {
    const patients = await store.consentRegime.personsAfter(after, STEP)
    const { written, failures } = await rederiveEach(store, cx, patients)
    if (failures.length > 0)
      throw new Error(
        `KEYPLAN_CONSENT: the sharing of ${failures.length} of the persons after "${after}" cannot be derived under ${regime}, so the service does not start under it.`,
        { cause: failures[0] },
      )
    changed += written.length
    const last = patients.at(-1)
    if (last === undefined) break
    after = last
  }
  await store.consentRegime.write(regime)
  await store.audit([auditEntry(cx, 'consent-regime', 'permit', [], { reason: regime })])
  return changed
}
