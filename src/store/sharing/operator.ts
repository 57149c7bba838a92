/** What an operator can do about deliveries. */
import type { Database } from '../database/database.ts'

/** Which deliveries an operator means: of one recipient, of one person, of both, or all. */
export type Chosen = Readonly<{ recipient?: string; patient?: string }>

/** Makes what was chosen and is outstanding due at once, parked or not. Answers how many those are. */
export const replayDeliveries = async (database: Database, { recipient, patient }: Chosen): Promise<number> => {
  const [row] = await database.run<{ count: number }>({
    text: `with due as (
        select recipient, patient from delivery
        where outstanding and ($1::text is null or recipient = $1) and ($2::text is null or patient = $2)
        order by patient for no key update
      ), changed as (
        update delivery set next_attempt_at = now(), refusals = 0, unfinished = 0, parked_at = null, parked_reason = null, parked_sequence = null
        from due where delivery.recipient = due.recipient and delivery.patient = due.patient returning delivery.recipient
      )
      select (select count(*)::integer from changed) as count,
        (select count(hint_deliveries(recipient)) from (select distinct recipient from changed) as recipients) as woken`,
    values: [recipient ?? null, patient ?? null],
  })
  return row?.count ?? 0
}

/** Stops trying to deliver a summary until another state is wanted or it is replayed; never a withdrawal. False where none is outstanding. */
export const parkDelivery = async (
  database: Database,
  { recipient, patient }: Required<Chosen>,
  reason: string,
): Promise<boolean> => {
  const rows = await database.run({
    text: `update delivery set parked_at = now(), parked_reason = $3, parked_sequence = wanted_sequence
      where recipient = $1 and patient = $2 and wanted_state = 'current' and outstanding and parked_at is null returning recipient`,
    values: [recipient, patient, reason],
  })
  return rows.length === 1
}

/** Makes the comparison with what recipients really hold due at once: with one, or with all. Answers with which. */
export const sweepRecipients = async (database: Database, recipient: string | undefined): Promise<string[]> => {
  const rows = await database.run<{ recipient: string }>({
    text: `update verification set comparison_due = now() from recipient
      where recipient.id = verification.recipient and active and ($1::text is null or recipient.id = $1)
      returning recipient.id as recipient`,
    values: [recipient ?? null],
  })
  return rows.map((row) => row.recipient).sort()
}
