import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Chosen } from '../../store/sharing/operator.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import type { Refused } from '../permission/permission.ts'
import { requireRecipient } from './recipient-status.ts'

/** What an operator does about deliveries is no request of a client: it is done beside the service, and audited like everything else. */
const requireOperator = ({ caller }: RequestContext): void => {
  if (caller.kind === 'internal') return
  throw problem('forbidden', 'operator-only', 'This is for the operator of the service: keyplan sharing --help.', {
    cause: { patient: undefined, entities: [] } satisfies Refused,
  })
}

const entitiesOf = ({ recipient, patient }: Chosen): string[] => [
  ...(recipient === undefined ? [] : [`Endpoint/${recipient}`]),
  ...(patient === undefined ? [] : [`Patient/${patient}`]),
]

/** Makes outstanding deliveries due at once, parked ones too. Answers how many those are. Throws `not-found` for an unknown recipient. */
export const replay = async (store: Store, cx: RequestContext, chosen: Chosen): Promise<number> => {
  requireOperator(cx)
  if (chosen.recipient !== undefined) await requireRecipient(store, chosen.recipient)
  await store.audit([
    auditEntry(
      cx,
      'replay',
      'permit',
      entitiesOf(chosen),
      chosen.patient === undefined ? {} : { patient: chosen.patient },
    ),
  ])
  return store.status.replay(chosen)
}

/** Stops trying to deliver one person's summary to one recipient. False where none is outstanding; a withdrawal cannot be parked. */
export const park = async (
  store: Store,
  cx: RequestContext,
  chosen: Required<Chosen>,
  reason: string,
): Promise<boolean> => {
  requireOperator(cx)
  await requireRecipient(store, chosen.recipient)
  await store.audit([auditEntry(cx, 'park', 'permit', entitiesOf(chosen), { patient: chosen.patient })])
  return store.status.park(chosen, reason)
}

/** Makes the comparison with what recipients really hold due at once. Answers with which. */
export const sweep = async (store: Store, cx: RequestContext, recipient?: string): Promise<readonly string[]> => {
  requireOperator(cx)
  if (recipient !== undefined) await requireRecipient(store, recipient)
  await store.audit([auditEntry(cx, 'sweep', 'permit', entitiesOf(recipient === undefined ? {} : { recipient }))])
  return store.status.sweep(recipient)
}
