import type { RequestContext } from '../context.ts'
import type { AuditEntry } from '../store/audit.ts'

/** Who did it, for an audit entry. The service's own work stands under the name of its task. */
export const agent = ({ caller, requestId, purpose, now }: RequestContext) =>
  caller.kind === 'system'
    ? {
        recorded: now,
        requestId,
        client: caller.clientId,
        organization: caller.organization,
        role: caller.role,
        purpose,
      }
    : { recorded: now, requestId, client: `keyplan:${caller.task}`, organization: '', role: 'keyplan', purpose }

export const auditEntry = (
  cx: RequestContext,
  interaction: string,
  outcome: AuditEntry['outcome'],
  entities: readonly string[],
  more: { patient?: string | null; reason?: string; query?: string } = {},
): AuditEntry => ({
  ...agent(cx),
  interaction,
  outcome,
  entities,
  ...(more.reason === undefined ? {} : { reason: more.reason }),
  ...(more.query === undefined ? {} : { query: more.query }),
  ...(typeof more.patient === 'string' ? { patient: more.patient } : {}),
})
