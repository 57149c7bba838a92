import type { RequestContext, SignInEvent } from '../../context.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from './audit.ts'

/** Of one kind from one client, in a minute, by one process: who asks without being let in must not fill a log that nothing is taken out of. */
const MOST_REFUSALS = 20
const MINUTE_MS = 60_000

/**
 * What came of signing in, for the audit log (trust, section 3): rows that touch no person's record. Of refusals that come fast the first are
 * written, and all are in the service's own log.
 * @param now milliseconds since 1970
 */
export const createNoteSignIn = (store: Pick<Store, 'audit'>, now: () => number = Date.now) => {
  // As many entries as there are registered clients, kinds of event and reasons to refuse.
  const refusals = new Map<string, { since: number; count: number }>()

  const isTooMany = (key: string): boolean => {
    const at = now()
    const held = refusals.get(key)
    if (held === undefined || at - held.since >= MINUTE_MS) {
      refusals.set(key, { since: at, count: 1 })
      return false
    }
    held.count += 1
    return held.count > MOST_REFUSALS
  }

  return async ({ interaction, caller, refused }: SignInEvent): Promise<void> => {
    const client = typeof caller === 'string' ? caller : caller.clientId
    if (refused !== undefined && isTooMany(`${client} ${interaction} ${refused}`)) return
    const cx: Omit<RequestContext, 'caller'> = {
      requestId: crypto.randomUUID(),
      purpose: 'administration',
      now: new Date(now()),
    }
    const [outcome, reason] =
      refused === undefined ? (['permit', {}] as const) : (['deny', { reason: refused }] as const)
    await store.audit([
      typeof caller === 'string'
        ? {
            recorded: cx.now,
            requestId: cx.requestId,
            client,
            organization: '',
            role: '',
            purpose: cx.purpose,
            interaction,
            outcome,
            entities: [],
            ...reason,
          }
        : auditEntry({ ...cx, caller }, interaction, outcome, [], reason),
    ])
  }
}
