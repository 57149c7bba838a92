import type { RequestContext } from '../../context.ts'
import { issue, Problem, problem } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { activateDraft } from '../../plan/activation.ts'
import type { Clinician } from '../../plan/acts.ts'
import { isFuture } from '../../plan/dates.ts'
import { provenancesOf } from '../../plan/rules/content.ts'
import type { Store } from '../../store/store.ts'
import { requireScope } from '../permission/permission.ts'
import type { Seal } from '../seal.ts'
import { checkRecord, recordAfter, versionsOf } from '../summaries/derived.ts'
import type { Committed, Signing } from '../types.ts'
import { retryOutdated } from '../writing/commit.ts'
import { newId } from '../writing/ids.ts'
import { recordAct } from './acts.ts'
import { commitPerson } from './commit-person.ts'
import { type HeldPlan, readHeldPlan, requireVersion } from './held-plan.ts'

/**
 * Records a clinician's signature. A draft comes into force with it, if it keeps all rules; the plan that it replaces ends in the same
 * commit. A plan in force may be endorsed by the senior responsible clinician, which changes nothing in it. Throws 428 without If-Match, 412
 * where it is not the version, 409 where the state of the plan does not allow it, 422 with all issues where a rule is broken.
 */
export const sign = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  id: string,
  signing: Signing,
  ifMatch: number | undefined,
): Promise<Committed> => {
  requireScope(cx, 'CarePlan', 'u')
  requireScope(cx, 'Provenance', 'c')
  const version = requireVersion(ifMatch, id, 'A signature')
  return retryOutdated(async () => {
    const held = await readHeldPlan(store, cx, id, version)
    checkState(held, signing.clinician)
    const { plan, record, row } = held
    const isDraft = plan.status === 'draft'
    const {
      plan: inForce,
      superseded,
      write,
    } = isDraft ? activateDraft(record, plan, { now: cx.now, newId }) : { plan, superseded: undefined, write: [] }
    const written = recordAfter(record, record.patient, write)
    checkTime(signing.when, cx.now)
    const signature = await recordAct(
      seal,
      cx,
      written,
      inForce,
      {
        act: isDraft ? 'sign' : 'endorse',
        target: `${resourceKey(plan)}/_history/${version}`,
        when: signing.when,
        clinician: signing.clinician,
        part: 'signer',
      },
      signing.signature,
    )
    const ended =
      superseded === undefined
        ? []
        : [
            await recordAct(seal, cx, written, superseded, {
              act: 'supersede',
              target: `${resourceKey(superseded)}/_history/${(versionsOf(row).get(resourceKey(superseded)) ?? 0) + 1}`,
              when: cx.now.toISOString(),
              source: resourceKey(plan),
            }),
          ]
    const changed = [...write, signature, ...ended]
    const issues = checkRecord(cx, record, recordAfter(record, record.patient, changed))
    return commitPerson(store, cx, '$sign', row, record, changed, issues)
  })
}

/** The rules look at the signatures of a plan that changes; an endorsement changes none. */
const checkTime = (when: string, now: Date): void => {
  if (!isFuture(when, now)) return
  throw new Problem('unprocessable', [issue('INV-9', 'when', 'The signature lies in the future. Correct its time.')])
}

const checkState = ({ plan, record }: HeldPlan, { who, seniorResponsible }: Clinician): void => {
  const refuse = (key: string, text: string) =>
    problem('conflict', key, `${resourceKey(plan)} is ${plan.status}${text}`, { expression: 'CarePlan.status' })
  if (plan.status !== 'draft' && plan.status !== 'active')
    throw refuse('plan-not-open', ': a plan that has ended is not signed any more. Submit a new plan.')
  if (plan.status === 'active' && seniorResponsible !== true) {
    throw refuse(
      'plan-not-draft',
      ': it needs no further signature, unless the senior responsible clinician endorses it (seniorResponsible true).',
    )
  }
  const { system, value } = who.identifier ?? {}
  const hasSigned = provenancesOf(plan, record, 'signer').some(({ agent }) =>
    agent.some(({ who: { identifier } }) => identifier?.system === system && identifier?.value === value),
  )
  if (plan.status === 'active' && hasSigned)
    throw refuse('already-signed', ', and this clinician has signed it already. There is nothing to add.')
}
