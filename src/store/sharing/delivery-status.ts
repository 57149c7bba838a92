import type { Database } from '../database/database.ts'

export type DeliveryRow = Readonly<{
  recipient: string
  name: string
  role: string
  wantedState: 'current' | 'withdrawn'
  wantedEpoch: number
  wantedSequence: number
  wantedAt: string
  outstanding: boolean
  /** Answered with success, whether or not it was said what is stored. */
  receivedEpoch: number | null
  receivedSequence: number | null
  receivedAt: string | null
  /** Named by the recipient as stored. */
  confirmedState: 'current' | 'withdrawn' | null
  confirmedEpoch: number | null
  confirmedSequence: number | null
  confirmedAt: string | null
  /** Said by the recipient to be shown to its users. */
  shownEpoch: number | null
  shownSequence: number | null
  shownAt: string | null
  attempts: number
  nextAttemptAt: string
  lastError: string | null
  failingSince: string | null
  parkedAt: string | null
  parkedReason: string | null
}>

/** Why nothing is sent although all else is well: somebody knows more than this database (docs/decisions/0010-verification-of-recipients.md). */
const HELD_BACK = `(
    select case when ahead.recipient = delivery.recipient
      then 'It holds a later edition than this database knows, which is not overwritten (keyplan sharing ahead).'
      else ahead.recipient || ' holds a withdrawal that this database does not know, so the summary is sent to nobody (keyplan sharing ahead).' end
    from ahead where ahead.patient = delivery.patient and settled_at is null
      and (ahead.recipient = delivery.recipient or (forgotten and wanted_state = 'current'))
    order by ahead.recipient <> delivery.recipient limit 1
  )`

/** The columns of `delivery` that make a `DeliveryRow`, with the name and role of its recipient. */
export const DELIVERY_COLUMNS = `wanted_state as "wantedState", wanted_epoch as "wantedEpoch", wanted_sequence as "wantedSequence",
  wanted_at as "wantedAt", outstanding, received_epoch as "receivedEpoch", received_sequence as "receivedSequence", received_at as "receivedAt",
  confirmed_state as "confirmedState", confirmed_epoch as "confirmedEpoch", confirmed_sequence as "confirmedSequence", confirmed_at as "confirmedAt",
  shown_epoch as "shownEpoch", shown_sequence as "shownSequence", shown_at as "shownAt", attempts, next_attempt_at as "nextAttemptAt",
  coalesce(${HELD_BACK}, last_error) as "lastError", failing_since as "failingSince", parked_at as "parkedAt", parked_reason as "parkedReason"`

/** What each recipient should hold of a person and has confirmed, in the order of recipients. */
export const readDeliveries = (database: Database, patient: string): Promise<DeliveryRow[]> =>
  database.run<DeliveryRow>({
    name: 'read-deliveries',
    text: `select recipient, name, role, ${DELIVERY_COLUMNS}
      from delivery join recipient on recipient.id = delivery.recipient where patient = $1 order by recipient`,
    values: [patient],
  })
