import type { Database } from '../database/database.ts'

/** One edition of what a recipient is to hold of a person. */
export type AcknowledgedEdition = Readonly<{
  recipient: string
  patient: string
  state: 'current' | 'withdrawn'
  epoch: number
  sequence: number
}>

/**
 * Records that a recipient stores what is wanted of it: nothing is outstanding any more, and a sending that is under way is void. False where
 * something else is wanted by now, or this was confirmed already.
 */
export const confirmAcknowledged = async (
  database: Database,
  { recipient, patient, state, epoch, sequence }: AcknowledgedEdition,
): Promise<boolean> => {
  const rows = await database.run({
    name: 'confirm-acknowledged',
    text: `update delivery set confirmed_state = $3, confirmed_epoch = $4, confirmed_sequence = $5, confirmed_at = now(),
        attempts = 0, refusals = 0, unfinished = 0, failing_since = null, last_error = null,
        parked_at = null, parked_reason = null, parked_sequence = null, lease = lease + 1, lease_until = null
      where recipient = $1 and patient = $2 and outstanding and (wanted_state, wanted_epoch, wanted_sequence) = ($3, $4, $5)
      returning recipient`,
    values: [recipient, patient, state, epoch, sequence],
  })
  return rows.length === 1
}

/** Records which edition the users of a recipient were shown. False where it is known that they have seen this or a later one. */
export const noteShown = async (
  database: Database,
  { recipient, patient, epoch, sequence }: AcknowledgedEdition,
  at: Date,
): Promise<boolean> => {
  const rows = await database.run({
    name: 'note-shown',
    text: `update delivery set shown_epoch = $3, shown_sequence = $4, shown_at = $5
      where recipient = $1 and patient = $2 and ($3::integer, $4::bigint) > (coalesce(shown_epoch, 0), coalesce(shown_sequence, 0))
      returning recipient`,
    values: [recipient, patient, epoch, sequence, at],
  })
  return rows.length === 1
}
