import type { CarePlan } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import { endPlan } from '../plan/lifecycle.ts'
import type { Store } from '../store/store.ts'
import { retryOutdated } from './commit.ts'
import { commitPerson } from './commit-person.ts'
import { checkRecord, recordAfter, recordOf } from './derived.ts'
import { maySee, requireScope, sharingWithheld } from './permission.ts'
import type { Committed } from './types.ts'

/** Ends the active plan, with what belongs to it, for a reason. From the commit on nothing shows it as current. */
export const revoke = async (
  store: Store,
  cx: RequestContext,
  id: string,
  reason: Readonly<{ code: 'withdrawn' | 'person-died' | 'entered-in-error'; text: string }>,
  ifMatch: number | undefined,
): Promise<Committed> => {
  requireScope(cx, 'CarePlan', 'u')
  return retryOutdated(async () => {
    const { persons, targets } = await store.before({
      persons: [],
      identifiers: [],
      keys: [`CarePlan/${id}`],
      targets: [{ type: 'CarePlan', id }],
    })
    const [target] = targets
    const [row] = persons
    const record = recordOf(row)
    if (target === undefined || row === undefined || record === undefined)
      throw problem('not-found', 'not-found', `There is no CarePlan/${id} here.`)
    if (!maySee(cx, row)) throw sharingWithheld()
    if (target.deleted) throw problem('gone', 'deleted', `CarePlan/${id} was deleted.`)
    if (ifMatch !== undefined && ifMatch !== target.version) {
      throw problem(
        'version-mismatch',
        'version-mismatch',
        `CarePlan/${id} is not at the version of If-Match: the current version is ${target.version}.`,
        { expression: 'If-Match', headers: { ETag: `W/"${target.version}"` } },
      )
    }
    const plan = record.resources.get(`CarePlan/${id}`) as CarePlan
    if (plan.status !== 'active') {
      throw problem(
        'conflict',
        'plan-not-active',
        `CarePlan/${id} is ${plan.status}, not active: there is nothing to revoke.`,
        { expression: 'CarePlan.status' },
      )
    }
    const ended = endPlan(record, plan, { ...reason, now: cx.now })
    const issues = checkRecord(cx, record, recordAfter(record, record.patient, ended))
    return { changed: await commitPerson(store, cx, '$revoke', row, record, ended), issues }
  })
}
