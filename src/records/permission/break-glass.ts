import { BREAK_GLASS_MINUTES } from '../../access/conditions.ts'
import { policyOf } from '../../access/policy.ts'
import type { BreakGlass, Caller, PersonCaller, RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { forbidsBreakGlass, glassTasks, reviewTaskId } from '../../plan/broken-glass.ts'
import type { Store } from '../../store/store.ts'
import { agent, auditEntry } from '../audit/audit.ts'
import { recordOf } from '../summaries/derived.ts'
import type { Opened } from '../types.ts'
import { newId } from '../writing/ids.ts'
import { transact } from '../writing/transact.ts'
import { about, decideAll, personUnknown, refusal, requireScope } from './permission.ts'

const notFor = (): Error =>
  problem(
    'forbidden',
    'break-glass-not-allowed',
    'Only a person who has signed in, in a role that treats people, may break the glass. A system asks as itself.',
  )

/** The caller as somebody whose role may break the glass. Throws `forbidden` for all others. */
const breaker = ({ caller }: RequestContext): PersonCaller => {
  if (caller.kind !== 'person' || policyOf(caller)?.breakGlass !== true) throw notFor()
  return caller
}

/** Whose glass it is: at another application, or in another role, the report of what was seen would not have it. */
const asBreaker = ({ user, clientId: client, organization, role }: PersonCaller) => ({
  user,
  client,
  organization,
  role,
})

/**
 * Opens one person's record to somebody who may not see it, to read, for an hour (trust, section 2, 6). Those who have to know are told by Tasks that
 * are there before the record is open. Of one person at a time: to open another's ends it. Throws `forbidden` where the role may not, or where even
 * that opens nothing, `conflict` where the record may be seen without, `not-found` where there is no such person.
 */
export const breakTheGlass = async (
  store: Store,
  cx: RequestContext,
  patient: string,
  reason: string,
): Promise<Opened> => {
  requireScope(cx, 'Patient', 'r')
  const actor = breaker(cx)
  const person = await store.sharing(patient)
  if (person === undefined) {
    await store.audit([auditEntry(cx, '$break-glass', 'not-found', [`Patient/${patient}`])])
    throw personUnknown(patient)
  }
  const { glass } = actor
  if (glass?.patient === patient && cx.breakGlass?.patient === patient)
    return { until: glass.until, review: `Task/${reviewTaskId(glass.id)}` }

  const subject = about(patient, person, 'CarePlan')
  const { breakGlass: _, ...closed } = cx
  const [decision] = await decideAll(store, closed, [subject])
  if (decision?.permitted === true)
    throw problem('conflict', 'glass-not-needed', 'You may see this record as you are. There is no glass to break.', {
      cause: { patient, entities: [`Patient/${patient}`] },
    })
  if (decision === undefined || !decision.breakGlass)
    throw decision === undefined ? notFor() : refusal(decision, subject)

  if (await isForbidden(store, patient, cx.now))
    throw problem(
      'forbidden',
      'break-glass-forbidden',
      'The person has decided that nobody breaks the glass of this record. This does not mean that there is no plan: ask the organisation that registered the person.',
      { cause: { patient, entities: [`Patient/${patient}`] } },
    )

  const id = newId(cx.now.getTime())
  const until = new Date(cx.now.getTime() + BREAK_GLASS_MINUTES * 60_000)
  const use = {
    ...asBreaker(actor),
    id,
    patient,
    custodian: person.custodian,
    reason,
    at: cx.now,
    until,
  }
  // First they are told, then it opens: what nobody was told of is never open.
  await transact(
    store,
    {
      requestId: cx.requestId,
      caller: { kind: 'internal', task: 'break-glass' },
      purpose: 'administration',
      now: cx.now,
    },
    glassTasks(use).map((task) => ({
      do: 'update',
      id: task.id as string,
      resource: task as unknown as Resource,
      onlyCreate: true,
    })),
    '$break-glass',
  )
  await store.audit([
    auditEntry(cx, '$break-glass', 'permit', [`Patient/${patient}`], { patient, reason: 'break-glass' }),
  ])
  await store.brokenGlass.break({ ...use, client: actor.clientId, asker: agent(cx).client, task: reviewTaskId(id) })
  return { until, review: `Task/${reviewTaskId(id)}` }
}

/** A decision against it counts from when it was recorded, also for what is open. */
const isForbidden = async (store: Store, patient: string, now: Date): Promise<boolean> => {
  const { persons } = await store.before({ persons: [patient], identifiers: [], keys: [], targets: [] })
  const record = recordOf(persons.find(({ id }) => id === patient))
  return record !== undefined && forbidsBreakGlass(record, now)
}

/** What this caller has opened, where their role may still break the glass and the person does not forbid it. */
export const openGlass = async (store: Store, caller: Caller, now: Date): Promise<BreakGlass | undefined> => {
  if (caller.kind !== 'person' || caller.glass === undefined || policyOf(caller)?.breakGlass !== true) return undefined
  const { patient, reason, until, mayBeForbidden } = caller.glass
  return mayBeForbidden && (await isForbidden(store, patient, now)) ? undefined : { patient, reason, until }
}
