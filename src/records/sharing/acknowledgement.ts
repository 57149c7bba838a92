import { speaksFor } from '../../access/recipient.ts'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { AcknowledgedEdition } from '../../store/sharing/acknowledgements.ts'
import type { DeliveryRow } from '../../store/sharing/delivery-status.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { type Refused, requireScope } from '../permission/permission.ts'
import { requireRecipient } from './recipient-status.ts'

/** What a recipient says that it did with an edition of a summary, apart from its answer to the delivery. */
export type Acknowledgement = AcknowledgedEdition & Readonly<{ level: 'stored' | 'shown'; at: Date }>

/** `unchanged` where as much was known, or something later has been wanted since. */
export type Acknowledged = Readonly<{ outcome: 'recorded' | 'unchanged'; inStep: boolean }>

/**
 * How an edition stands to what is known of a delivery: `wanted` is outstanding and was sent; `confirmed` is what the recipient holds by its own
 * word; `overtaken` is older, or of the same edition the content that was withdrawn since; anything else was never sent there.
 */
export const editionStanding = (
  row: DeliveryRow,
  { state, epoch, sequence }: Pick<AcknowledgedEdition, 'state' | 'epoch' | 'sequence'>,
): 'wanted' | 'confirmed' | 'overtaken' | 'never-sent' => {
  const isEdition = (otherEpoch: number | null, otherSequence: number | null): boolean =>
    epoch === otherEpoch && sequence === otherSequence
  if (state === row.confirmedState && isEdition(row.confirmedEpoch, row.confirmedSequence)) return 'confirmed'
  const isWanted = isEdition(row.wantedEpoch, row.wantedSequence)
  if (isWanted && state === row.wantedState) {
    return row.attempts > 0 || isEdition(row.receivedEpoch, row.receivedSequence) ? 'wanted' : 'never-sent'
  }
  if (isWanted) return state === 'current' ? 'overtaken' : 'never-sent'
  const isOlder = epoch < row.wantedEpoch || (epoch === row.wantedEpoch && sequence < row.wantedSequence)
  return isOlder ? 'overtaken' : 'never-sent'
}

/** Wanted state may change between reading and writing; more often than this in a row it does not. */
const MOST_TRIES = 5

/** Records what a recipient says of an edition (`Endpoint/[id]/$sharing-acknowledgement`). */
export const acknowledge = async (store: Store, cx: RequestContext, said: Acknowledgement): Promise<Acknowledged> => {
  requireScope(cx, 'Endpoint', 'u')
  const { recipient, patient, state, epoch, sequence, level } = said
  const entities = [`Endpoint/${recipient}`, `Patient/${patient}`]
  const { organization } = await requireRecipient(store, recipient)
  if (!speaksFor(cx.caller, organization)) {
    throw problem(
      'forbidden',
      'recipient-of-others',
      'Only a system of the organisation of the recipient may say what the recipient holds or shows.',
      { cause: { patient: undefined, entities } satisfies Refused },
    )
  }
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const result = await attempt(store, said)
    if (result === 'changed-meanwhile') continue
    const reason = `${level} ${state} ${epoch}/${sequence}`
    const outcome = result === 'never-sent' ? 'not-found' : 'permit'
    await store.audit([auditEntry(cx, '$sharing-acknowledgement', outcome, entities, { patient, reason })])
    if (result === 'never-sent') throw neverSent()
    return result
  }
  throw problem('unavailable', 'changing', 'What is wanted of this recipient changes just now. Try again in a second.')
}

const attempt = async (
  store: Store,
  said: Acknowledgement,
): Promise<Acknowledged | 'never-sent' | 'changed-meanwhile'> => {
  const row = (await store.deliveries.of(said.patient)).find(({ recipient }) => recipient === said.recipient)
  const standing = row === undefined ? 'never-sent' : editionStanding(row, said)
  if (row === undefined || standing === 'never-sent') return 'never-sent'
  if (standing === 'overtaken') return { outcome: 'unchanged', inStep: !row.outstanding }
  if (standing === 'wanted' && !(await store.status.confirmAcknowledged(said))) return 'changed-meanwhile'
  const isNew = said.level === 'shown' && (await store.status.noteShown(said, said.at))
  return {
    outcome: standing === 'wanted' || isNew ? 'recorded' : 'unchanged',
    inStep: standing === 'wanted' || !row.outstanding,
  }
}

const neverSent = () =>
  problem(
    'conflict',
    'never-sent',
    'This edition was never sent to this recipient. Acknowledge the state, epoch and sequence of what was received.',
  )
