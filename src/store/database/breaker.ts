import type { Database } from './database.ts'

/** How a recipient stands, for all processes alike. */
export type Breaker = Readonly<{
  recipient: string
  /** Failures of the recipient itself in a row. */
  failures: number
  /** Nothing is sent before; then one delivery, as a probe. Null: everything is sent. */
  openUntil: string | null
}>

/** A failure of the recipient itself: after `most` in a row the breaker is open for `seconds`, which begin again with each further failure. */
export const recordFailure = async (
  database: Database,
  recipient: string,
  { most, seconds }: Readonly<{ most: number; seconds: number }>,
): Promise<Breaker | undefined> => {
  const [row] = await database.run<Breaker>({
    name: 'recipient-failed',
    text: `update recipient set failures = failures + 1,
        open_until = case when failures + 1 >= $2 then greatest(open_until, now() + make_interval(secs => $3)) end
      where id = $1 returning id as recipient, failures, open_until as "openUntil"`,
    values: [recipient, most, seconds],
  })
  return row
}

/**
 * The recipient answers. Where its breaker was open, it is closed, and what failed meanwhile is due at once. True where that was so.
 */
export const recordSuccess = async (database: Database, recipient: string): Promise<boolean> => {
  const rows = await database.run({
    name: 'recipient-answered',
    text: `with before as (select id, open_until from recipient where id = $1 and failures > 0 for no key update),
      closed as (update recipient set failures = 0, open_until = null from before where recipient.id = before.id
        returning before.open_until is not null as was_open)
      select from closed where was_open`,
    values: [recipient],
  })
  if (rows.length === 0) return false
  await database.run({
    name: 'due-again',
    text: `update delivery set next_attempt_at = now()
      from (
        select patient from delivery where recipient = $1 and outstanding and parked_at is null and next_attempt_at > now()
        order by patient for no key update
      ) as waiting
      where recipient = $1 and delivery.patient = waiting.patient`,
    values: [recipient],
  })
  return true
}

/** True where the breaker is open, its time has come, and this process is the one that may send a probe; the next has to wait `seconds`. */
export const takeProbe = async (database: Database, recipient: string, seconds: number): Promise<boolean> => {
  const rows = await database.run({
    name: 'take-probe',
    text: `update recipient set open_until = now() + make_interval(secs => $2) where id = $1 and open_until <= now() returning id`,
    values: [recipient, seconds],
  })
  return rows.length === 1
}
