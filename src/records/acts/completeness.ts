import type { RequestContext } from '../../context.ts'
import { type Completeness, completenessOf } from '../../plan/completeness.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { requireScope } from '../permission/permission.ts'
import { readHeldPlan } from './held-plan.ts'

/** How complete a plan is, with the reasons. */
export const completeness = async (store: Store, cx: RequestContext, id: string): Promise<Completeness> => {
  requireScope(cx, 'CarePlan', 'r')
  const { plan, record } = await readHeldPlan(store, cx, id, undefined, 'read')
  const key = `CarePlan/${id}`
  await store.audit([auditEntry(cx, '$completeness', 'permit', [key], { patient: record.patient.id ?? null })])
  return completenessOf(record, plan, cx.now)
}
