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

export const auditEntry = (
  cx: RequestContext,
  interaction: string,
  outcome: AuditEntry['outcome'],
  entities: readonly string[],
  more: { patient?: string | null; reason?: string; query?: string } = {},
): AuditEntry => ({
  ...agent(cx),
  ...(cx.breakGlass !== undefined && cx.breakGlass.patient === more.patient ? { purpose: 'break-glass' } : {}),
  interaction,
  outcome,
  entities,
  ...(more.reason === undefined ? {} : { reason: more.reason }),
  ...(more.query === undefined ? {} : { query: more.query }),
  ...(typeof more.patient === 'string' ? { patient: more.patient } : {}),
})

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
