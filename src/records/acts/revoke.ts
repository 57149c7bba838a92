import type { CarePlan } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { isError, Problem, problem } from '../../fhir/outcome.ts'
import { type FhirResource, resourceKey } from '../../fhir/resource.ts'
import { completeAfterDeath, deathIssues } from '../../plan/death.ts'
import { endPlan } from '../../plan/lifecycle.ts'
import type { Store } from '../../store/store.ts'
import { requireScope } from '../permission/permission.ts'
import type { Seal } from '../seal.ts'
import { checkRecord, recordAfter, versionsOf } from '../summaries/derived.ts'
import type { Committed, Revocation } from '../types.ts'
import { retryOutdated } from '../writing/commit.ts'
import { newId } from '../writing/ids.ts'
import { recordAct } from './acts.ts'
import { commitPerson } from './commit-person.ts'
import { type HeldPlan, readHeldPlan } from './held-plan.ts'

/**
 * Ends the active plan, with what belongs to it, for a reason. From the commit on nothing shows it as current. Where the person has died,
 * every active plan of theirs is completed, and the death is recorded, in the same commit.
 */
export const revoke = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  id: string,
  reason: Revocation,
  ifMatch: number | undefined,
): Promise<Committed> => {
  requireScope(cx, 'CarePlan', 'u')
  if (reason.death !== undefined) {
    requireScope(cx, 'Patient', 'u')
    requireScope(cx, 'Observation', 'c')
  }
  return retryOutdated(async () => {
    const held = await readHeldPlan(store, cx, id, ifMatch)
    const { plan, row, record } = held
    if (plan.status !== 'active') {
      throw problem(
        'conflict',
        'plan-not-active',
        `CarePlan/${id} is ${plan.status}, not active: there is nothing to revoke.`,
        { expression: 'CarePlan.status' },
      )
    }
    const ended = whatEnds(cx, held, reason)
    const after = recordAfter(record, record.patient, ended)
    const versions = versionsOf(row)
    const plans = ended.filter((resource): resource is CarePlan => resource.resourceType === 'CarePlan')
    const acts = await Promise.all(
      plans.map((one) =>
        recordAct(seal, cx, after, one, {
          act: one.status === 'completed' ? 'complete' : 'revoke',
          target: `${resourceKey(one)}/_history/${(versions.get(resourceKey(one)) ?? 0) + 1}`,
          when: cx.now.toISOString(),
          clinician: reason.clinician,
          part: 'decider',
          reason: reason.code,
        }),
      ),
    )
    const changed = [...ended, ...acts]
    const issues = checkRecord(cx, record, recordAfter(record, record.patient, changed))
    return commitPerson(store, cx, '$revoke', row, record, changed, issues)
  })
}

const whatEnds = (
  cx: RequestContext,
  { plan, row, record }: HeldPlan,
  { code, text, death = { died: undefined, place: undefined } }: Revocation,
): FhirResource[] => {
  if (code !== 'person-died') return endPlan(record, plan, { code, text, now: cx.now })
  const issues = deathIssues(record.patient, death, cx.now)
  if (issues.some(isError)) throw new Problem('unprocessable', issues)
  return completeAfterDeath(record, plan, { text, death, owner: row.custodian, now: cx.now, newId })
}
