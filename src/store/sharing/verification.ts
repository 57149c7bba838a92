import { NEWEST_SEAL, type SealRow } from '../audit/seal.ts'
import type { Database } from '../database/database.ts'
import { comparisonStore } from './comparisons.ts'
import type { EditionRow } from './digests.ts'
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
  ...comparisonStore(database),
  watch: (recipient: string) => watchRecipient(database, recipient),
  takeHeartbeats: (asked: Parameters<typeof takeHeartbeats>[1]) => takeHeartbeats(database, asked),
  noteHeartbeat: (recipient: string, number: number, outcome: HeartbeatOutcome) =>
    noteHeartbeat(database, recipient, number, outcome),
  read: () => readVerification(database),
  ahead: (most: number) => readAhead(database, most),
  release: (recipient: string) => releaseRecipient(database, recipient),
  settle: (recipient: string, patient: string) => settleAhead(database, recipient, patient),
})
