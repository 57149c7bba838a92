import { NEWEST_SEAL, type SealRow } from '../audit/seal.ts'
import type { Database } from '../database/database.ts'
import { bucketDigests, type DigestRow, type EditionRow, packed } from './digests.ts'
import { epochStore } from './epoch.ts'

/** A heartbeat that this process is to send; nobody else sends the one of this interval. */
export type DueHeartbeat = Readonly<{
  recipient: string
  epoch: number
  number: number
  time: string
  highestSequence: number
  count: number
  outstandingSince: string | null
  /** The newest seal of our audit log, where it is of the epoch in force, and the one that the recipient keeps by its own word. */
  seal: SealRow | null
  witnessed: Readonly<{ epoch: number; size: number }> | null
}>

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

/** How one recipient stands by what it says itself. Instants; null where it has not happened. */
export type VerificationRow = Readonly<{
  recipient: string
  heartbeatSentAt: string | null
  heartbeatAcknowledgedAt: string | null
  heartbeatError: string | null
  comparedAt: string | null
  comparedBy: 'digest' | 'search' | null
  comparisonError: string | null
  /** Of the last comparison. */
  bucketsDiffering: number | null
  missing: number | null
  older: number | null
  unexpected: number | null
  /** Since it was first compared. */
  repairedTotal: number
  unverifiedSince: string | null
  unverifiedBecause: string | null
  /** True where nothing is sent because the recipient has not said what it holds since the epoch was raised. */
  held: boolean
  /** Persons of whom it holds a later edition than this database knows, withdrawals among them; since when. */
  ahead: number
  aheadWithdrawn: number
  aheadSince: string | null
}>

/** Begins to verify a recipient. One that has not been asked at the epoch in force is compared at once. */
const watchRecipient = async (database: Database, recipient: string): Promise<void> => {
  await database.run({
    text: `insert into verification (recipient, comparison_due)
      select id, case when asked_epoch < epoch then now() else now() + interval '15 minutes' end from recipient, installation where id = $1
      on conflict (recipient) do nothing`,
    values: [recipient],
  })
}

/** Takes the heartbeats that are due, or all, of these recipients. */
const takeHeartbeats = async (
  database: Database,
  { recipients, seconds, all }: Readonly<{ recipients: readonly string[]; seconds: number; all: boolean }>,
): Promise<DueHeartbeat[]> => {
  type Row = Omit<DueHeartbeat, 'seal' | 'witnessed'> &
    (Omit<SealRow, 'epoch'> | Readonly<{ size: null }>) &
    Readonly<{ witnessedEpoch: number | null; witnessedSize: number | null }>
  const rows = await database.run<Row>({
    name: 'take-heartbeats',
    text: `with taken as (
        update verification set heartbeat_number = heartbeat_number + 1, heartbeat_due = now() + make_interval(secs => $2), heartbeat_sent_at = now()
        where recipient = any ($1) and (heartbeat_due <= now() or $3)
        returning recipient, heartbeat_number as number, witnessed_epoch as "witnessedEpoch", witnessed_size as "witnessedSize"
      )
      select seal.*, taken.*, installation.epoch, now() as time, held."highestSequence", held.count, held."outstandingSince"
      from taken, installation left join lateral (
        select * from (${NEWEST_SEAL}) as newest where newest.epoch = installation.epoch
      ) as seal on true, lateral (
        select coalesce(max(wanted_sequence), 0) as "highestSequence", count(*) filter (where wanted_state = 'current')::integer as count,
          min(wanted_at) filter (where outstanding) as "outstandingSince"
        from delivery where delivery.recipient = taken.recipient
      ) as held`,
    values: [recipients, seconds, all],
  })
  return rows.map(({ witnessedEpoch, witnessedSize, ...row }) => ({
    ...row,
    seal: row.size === null ? null : row,
    witnessed:
      witnessedEpoch === null || witnessedSize === null ? null : { epoch: witnessedEpoch, size: witnessedSize },
  }))
}

/** What became of a heartbeat: the error, if there was one; and which of our seals the recipient keeps, if it said so. */
export type HeartbeatOutcome = Readonly<{
  error?: string
  witnessed?: Readonly<{ epoch: number; size: number }> | undefined
}>

const noteHeartbeat = async (
  database: Database,
  recipient: string,
  number: number,
  { error, witnessed }: HeartbeatOutcome,
): Promise<void> => {
  await database.run({
    name: 'note-heartbeat',
    text: `update verification set heartbeat_error = $3,
        heartbeat_acknowledged_at = case when $3::text is null then now() else heartbeat_acknowledged_at end,
        witnessed_epoch = coalesce($4, witnessed_epoch), witnessed_size = coalesce($5, witnessed_size)
      where recipient = $1 and heartbeat_number = $2`,
    values: [recipient, number, error ?? null, witnessed?.epoch ?? null, witnessed?.size ?? null],
  })
}

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

/** The digests of what a recipient has confirmed, as bytes (`plan/summary/buckets.ts`), and how many persons those are. */
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

/** How each recipient stands by what it says itself, in the order of recipients. */
const readVerification = (database: Database): Promise<VerificationRow[]> =>
  database.run<VerificationRow>({
    name: 'read-verification',
    text: `select v.recipient, heartbeat_sent_at as "heartbeatSentAt", heartbeat_acknowledged_at as "heartbeatAcknowledgedAt",
        heartbeat_error as "heartbeatError", compared_at as "comparedAt", compared_by as "comparedBy", comparison_error as "comparisonError",
        buckets_differing as "bucketsDiffering", missing, older, unexpected, repaired_total as "repairedTotal",
        unverified_since as "unverifiedSince", unverified_because as "unverifiedBecause", not may_send(v.recipient) as held,
        found.ahead, found."aheadWithdrawn", found."aheadSince"
      from verification v, lateral (
        select count(*)::integer as ahead, count(*) filter (where state = 'withdrawn')::integer as "aheadWithdrawn", min(found_at) as "aheadSince"
        from ahead where ahead.recipient = v.recipient and settled_at is null
      ) as found
      order by v.recipient`,
    values: [],
  })

/** A person of whom a recipient holds a later edition; 0 where the person was not known here at all. */
export type AheadRow = EditionRow & Readonly<{ recipient: string; knownSequence: number; foundAt: string }>

/** Persons of whom recipients are ahead, the longest known first: which recipient, what it holds, what was known here. */
const readAhead = (database: Database, most: number): Promise<AheadRow[]> =>
  database.run<AheadRow>({
    text: `select recipient, patient, epoch, sequence, state, known_sequence as "knownSequence", found_at as "foundAt"
      from ahead where settled_at is null order by found_at, recipient, patient limit $1`,
    values: [most],
  })

/** Lets this database's state go to a recipient that cannot say what it holds. False where it did not wait for that. */
const releaseRecipient = async (database: Database, recipient: string): Promise<boolean> => {
  const rows = await database.run({
    text: `update recipient set asked_epoch = epoch from installation where id = $1 and asked_epoch < epoch
      returning hint_deliveries(id)`,
    values: [recipient],
  })
  return rows.length > 0
}

/**
 * Lets this database's state of one person replace what a recipient holds, although it was ahead: the summary, or the tombstone where it is to hold
 * none. Answers the epoch of what it holds, null where that was never ours: the person is not known here, or the epoch is too far off. `hasPassed` is
 * false where ours has to rise above it first. Undefined where the recipient was not ahead.
 */
const settleAhead = async (
  database: Database,
  recipient: string,
  patient: string,
): Promise<Readonly<{ epoch: number | null; hasPassed: boolean }> | undefined> => {
  const [row] = await database.run<{ epoch: number | null; hasPassed: boolean }>({
    text: `with found as (
        select patient from ahead where recipient = $1 and patient = $2 and settled_at is null
      ), settled as (
        update ahead set settled_at = now() from installation
        where recipient = $1 and patient = $2 and settled_at is null and ahead.epoch < installation.epoch + 1000
          and exists (select from emergency_summary s where s.patient = $2)
        returning patient, ahead.epoch, ahead.epoch < installation.epoch as "hasPassed"
      ),
      due as (
        update delivery set confirmed_state = null, confirmed_epoch = null, confirmed_sequence = null, confirmed_version = null,
          wanted_at = now(), next_attempt_at = now(), attempts = 0
        from settled where delivery.recipient = $1 and delivery.patient = settled.patient
      )
      select settled.epoch, settled."hasPassed", want_tombstones($1, array[settled.patient]) from found left join settled using (patient)`,
    values: [recipient, patient],
  })
  return row
}

/** What is known of recipients by their own account, on this database. */
export const verificationStore = (database: Database) => ({
  ...epochStore(database),
  watch: (recipient: string) => watchRecipient(database, recipient),
  takeHeartbeats: (asked: Parameters<typeof takeHeartbeats>[1]) => takeHeartbeats(database, asked),
  noteHeartbeat: (recipient: string, number: number, outcome: HeartbeatOutcome) =>
    noteHeartbeat(database, recipient, number, outcome),
  takeComparisons: (asked: Parameters<typeof takeComparisons>[1]) => takeComparisons(database, asked),
  confirmedDigests: (recipient: string) => confirmedDigests(database, recipient),
  time: () => databaseTime(database),
  judge: (asked: Parameters<typeof judgeHeld>[1]) => judgeHeld(database, asked),
  finish: (comparison: DueComparison, found: Parameters<typeof finishComparison>[2]) =>
    finishComparison(database, comparison, found),
  fail: (comparison: DueComparison, error: string) => failComparison(database, comparison, error),
  read: () => readVerification(database),
  ahead: (most: number) => readAhead(database, most),
  release: (recipient: string) => releaseRecipient(database, recipient),
  settle: (recipient: string, patient: string) => settleAhead(database, recipient, patient),
})
