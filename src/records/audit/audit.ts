import type { PersonCaller, RequestContext, SystemCaller } from '../../context.ts'
import type { AuditEntry } from '../../store/audit/audit.ts'

/**
 * Who asks, as the audit names them: the client, and where a person asks by it, who that is to the provider that signed them in. No id of a client has
 * a space.
 */
const askerOf = (caller: SystemCaller | PersonCaller): string =>
  caller.kind === 'system' ? caller.clientId : `${caller.clientId} ${caller.user.system}|${caller.user.value}`

/** Who did it, for an audit entry. The service's own work stands under the name of its task. */
export const agent = ({ caller, requestId, purpose, now }: RequestContext) =>
  caller.kind === 'internal'
    ? { recorded: now, requestId, client: `keyplan:${caller.task}`, organization: '', role: 'keyplan', purpose }
    : {
        recorded: now,
        requestId,
        client: askerOf(caller),
        organization: caller.organization,
        role: caller.role,
        purpose,
      }

/**
 * The same with what they did. Every request makes one, so it is written out: for each property that comes after a spread V8 takes a microsecond.
 */
export const act = (cx: RequestContext, interaction: string) => {
  const { recorded, requestId, client, organization, role, purpose } = agent(cx)
  return { recorded, requestId, client, organization, role, purpose, interaction }
}

export const auditEntry = (
  cx: RequestContext,
  interaction: string,
  outcome: AuditEntry['outcome'],
  entities: readonly string[],
  { patient, reason, query }: { patient?: string | null; reason?: string; query?: string } = {},
): AuditEntry => {
  const { recorded, requestId, client, organization, role, purpose } = agent(cx)
  const isOpened = cx.breakGlass !== undefined && cx.breakGlass.patient === patient
  return {
    recorded,
    requestId,
    client,
    organization,
    role,
    purpose: isOpened ? 'break-glass' : purpose,
    interaction,
    outcome,
    reason,
    patient: patient ?? undefined,
    entities,
    query,
  }
}

/** Whose rows these are, each person once (null: nobody), with the keys of the resources, each once. */
export const seenByPerson = (
  rows: readonly Readonly<{ type: string; id: string; patient: string | null }>[],
): { patient: string | null; keys: string[] }[] => {
  const persons = new Map<string | null, Set<string>>()
  for (const { type, id, patient } of rows) {
    const keys = persons.get(patient)
    if (keys === undefined) persons.set(patient, new Set([`${type}/${id}`]))
    else keys.add(`${type}/${id}`)
  }
  return [...persons].map(([patient, keys]) => ({ patient, keys: [...keys] }))
}
