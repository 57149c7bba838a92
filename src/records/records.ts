import type { RequestContext } from '../context.ts'
import { Problem } from '../fhir/outcome.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { leaseDeliveries, registerRecipient } from './deliveries.ts'
import { emergency } from './emergency.ts'
import { person } from './person.ts'
import { history, read } from './read.ts'
import { revoke } from './revoke.ts'
import { search } from './search.ts'
import { submit } from './submit.ts'
import { sharingStatus, summary } from './summary.ts'
import { transact } from './transact.ts'
import type { Records } from './types.ts'

/** The one door to the data (architecture, idea 1). */
export const createRecords = (store: Store): Records => ({
  read: (cx, type, id, version) => audited(store, cx, 'read', () => read(store, cx, type, id, version)),
  history: (cx, type, id) => audited(store, cx, 'history', () => history(store, cx, type, id)),
  search: (cx, request) => audited(store, cx, 'search', () => search(store, cx, request)),
  transact: (cx, changes, interaction = 'transaction') =>
    audited(store, cx, interaction, () => transact(store, cx, changes, interaction)),
  submit: (cx, entries, options) => audited(store, cx, '$submit', () => submit(store, cx, entries, options)),
  revoke: (cx, planId, reason, ifMatch) =>
    audited(store, cx, '$revoke', () => revoke(store, cx, planId, reason, ifMatch)),
  emergency: (cx, asked) => audited(store, cx, '$emergency-view', () => emergency(store, cx, asked)),
  summary: (cx, patientId) => audited(store, cx, '$key-information-summary', () => summary(store, cx, patientId)),
  person: (cx, patientId, interaction) =>
    audited(store, cx, interaction, () => person(store, cx, patientId, interaction)),
  sharingStatus: (cx, patientId) => audited(store, cx, '$sharing-status', () => sharingStatus(store, cx, patientId)),
  registerRecipient: (cx, recipient) => registerRecipient(store, cx, recipient),
  recipients: () => store.recipients(),
  deliveries: {
    lease: (cx, recipient, most, seconds) => leaseDeliveries(store, cx, recipient, most, seconds),
    confirm: store.deliveries.confirm,
    postpone: store.deliveries.postpone,
    release: store.deliveries.release,
    outstanding: store.deliveries.outstanding,
  },
  onDeliveriesDue: (wake) => store.listen('delivery', wake),
})

/** What a decision about a person refused was audited where it was made; a request that came to no person, for want of a scope, is audited here. */
const audited = async <Result>(
  store: Store,
  cx: RequestContext,
  interaction: string,
  act: () => Promise<Result>,
): Promise<Result> => {
  try {
    return await act()
  } catch (error) {
    if (error instanceof Problem && error.kind === 'forbidden') {
      await store.audit([auditEntry(cx, interaction, 'deny', [], { reason: error.issues[0]?.key ?? 'forbidden' })])
    }
    throw error
  }
}
