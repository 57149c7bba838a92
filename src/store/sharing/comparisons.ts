import type { Database } from '../database/database.ts'
import { bucketDigests, type DigestRow, type EditionRow, packed } from './digests.ts'

/** A comparison that this process is to make. `asking`: nothing may be sent to the recipient before it has said what it holds. */
export type DueComparison = Readonly<{
  recipient: string
  epoch: number
  asking: boolean
  /** Since when it has the address that is asked: what is answered there says nothing of another. */
  addressed: string
}>

/** What came of judging what a recipient holds; `again` are persons who have to be derived anew. */
export type Judged = Readonly<{ missing: number; older: number; unexpected: number; again: readonly string[] }>

/**
 * Takes the comparisons that are due, or all, of these recipients, where they have the address at which this process asks. One that a recipient waits
 * for is due again after a minute, if it is not finished.
 */
const takeComparisons = (
  database: Database,
  { recipients, all }: Readonly<{ recipients: readonly Readonly<{ id: string; address: string }>[]; all: boolean }>,
): Promise<DueComparison[]> =>
  database.run<DueComparison>({
    name: 'take-comparisons',
    text: `update verification set comparison_due = now() + case when asked_epoch < epoch then interval '1 minute' else interval '15 minutes' end
      from recipient, installation
      where recipient.id = verification.recipient and (recipient.id, recipient.address) in (select * from unnest($1::text[], $2::text[]))
        and (comparison_due <= now() or $3)
      returning recipient.id as recipient, installation.epoch, asked_epoch < epoch as asking, addressed_at::text as addressed`,
    values: [recipients.map(({ id }) => id), recipients.map(({ address }) => address), all],
  })

/** The digests of what a recipient has confirmed, as bytes (`store/sharing/digests.ts`), and how many persons those are. */
const confirmedDigests = async (
  database: Database,
  recipient: string,
): Promise<{ digests: Uint8Array; persons: number }> =>
  packed(
    await database.run<DigestRow>({
      name: 'confirmed-digests',
      text: bucketDigests(
        `select patient, confirmed_epoch as epoch, confirmed_sequence as sequence, confirmed_state as state
         from delivery where recipient = $1 and confirmed_state is not null`,
      ),
      values: [recipient],
    }),
  )

/** The clock of the database, which stands in `confirmed_at`. */
const databaseTime = async (database: Database): Promise<string> => {
  const [row] = await database.run<{ time: string }>({ name: 'time', text: 'select now() as time', values: [] })
  return row?.time as string
}

/** Judges what a recipient said that it holds (see `judge_held`): repairs what differs, notes where it is ahead. */
const judgeHeld = async (
  database: Database,
  asked: Readonly<{ recipient: string; at: string; complete: readonly number[]; held: readonly EditionRow[] }>,
): Promise<Judged> => {
  const [row] = await database.run<Judged>({
    name: 'judge-held',
    text: 'select missing, older, unexpected, again from judge_held($1, $2, $3, $4, $5, $6, $7)',
    values: [
      asked.recipient,
      asked.at,
      asked.complete,
      asked.held.map(({ patient }) => patient),
      asked.held.map(({ epoch }) => epoch),
      asked.held.map(({ sequence }) => sequence),
      asked.held.map(({ state }) => state),
    ],
  })
  return row as Judged
}

/** The recipient, where a comparison was begun at the address that it has now; that does not change before what came of it is noted. */
const HERE = `here as materialized (select id from recipient where id = $1 and addressed_at::text = $2 for no key update)`

/** Notes what came of a comparison, unless the recipient has another address by now. A recipient that has said all that it holds has been asked, and is sent what it should hold from now on. */
const finishComparison = async (
  database: Database,
  { recipient, epoch, addressed }: DueComparison,
  found: Readonly<{
    by: 'digest' | 'search'
    /** Buckets; all of them where there are no digests. */
    differing: readonly number[]
    missing: number
    older: number
    unexpected: number
    /** Why not everything could be compared; null where it was. */
    unverified: string | null
  }>,
): Promise<void> => {
  await database.run({
    text: `with ${HERE}, asked as (
        update recipient set asked_epoch = $3 from installation, here where recipient.id = here.id and epoch = $3 and $9::text is null
        returning recipient.id
      ), settled as (
        -- Where the digests agree it holds what it has confirmed.
        delete from ahead where recipient = $1 and $9::text is null and summary_bucket(patient) <> all ($5::integer[])
          and exists (select from here)
      ), woken as (select hint_deliveries(id) from asked)
      update verification set comparison_due = now() + case when (select epoch from installation) = $3 then interval '15 minutes' else '0' end,
        compared_at = now(), compared_by = $4, comparison_error = null,
        buckets_differing = cardinality($5::integer[]), missing = $6::integer, older = $7::integer, unexpected = $8::integer,
        repaired_total = repaired_total + $6::integer + $7::integer + $8::integer,
        unverified_since = case when $9::text is null then null else coalesce(unverified_since, now()) end, unverified_because = $9
      where recipient = $1 and exists (select from here) and (select count(*) from woken) >= 0`,
    values: [
      recipient,
      addressed,
      epoch,
      found.by,
      found.differing,
      found.missing,
      found.older,
      found.unexpected,
      found.unverified,
    ],
  })
}

/** Notes that a recipient could not be compared, and why. It is tried again, sooner where it waits to be asked. */
const failComparison = async (
  database: Database,
  { recipient, asking, addressed }: DueComparison,
  error: string,
): Promise<void> => {
  await database.run({
    text: `with ${HERE}
      update verification set comparison_error = $3, comparison_due = now() + make_interval(secs => $4),
        unverified_since = coalesce(unverified_since, compared_at, now()), unverified_because = $3
      where recipient = $1 and exists (select from here)`,
    values: [recipient, addressed, error, asking ? 10 : 300],
  })
}

/** Comparisons of what recipients hold with what they have confirmed, on this database. */
export const comparisonStore = (database: Database) => ({
  takeComparisons: (asked: Parameters<typeof takeComparisons>[1]) => takeComparisons(database, asked),
  confirmedDigests: (recipient: string) => confirmedDigests(database, recipient),
  time: () => databaseTime(database),
  judge: (asked: Parameters<typeof judgeHeld>[1]) => judgeHeld(database, asked),
  finish: (comparison: DueComparison, found: Parameters<typeof finishComparison>[2]) =>
    finishComparison(database, comparison, found),
  fail: (comparison: DueComparison, error: string) => failComparison(database, comparison, error),
})
