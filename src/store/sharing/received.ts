import type { Database } from '../database/database.ts'
import { bucketDigests, type DigestRow, type EditionRow, packed } from './digests.ts'
import { receivedCheckpoints } from './received-checkpoints.ts'

/** A heartbeat as it was accepted: its values, the text that was signed, and the signature. */
export type ReceivedHeartbeat = Readonly<{
  sender: string
  /** The id under which the sender has registered this service. */
  recipient: string
  epoch: number
  number: number
  sentAt: string
  receivedAt: string
  count: number
  outstandingSince: string | null
  keys: readonly string[]
  signed: string
  signature: string
}>

/**
 * Keeps a heartbeat where it is newer than the last one of its sender and signed with a key that the last one announced; the first one of a
 * sender brings its keys. False where it is not kept.
 */
const keepHeartbeat = async (
  database: Database,
  {
    sender,
    recipient,
    epoch,
    number,
    sentAt,
    count,
    outstandingSince,
    keys,
    signed,
    signature,
  }: Omit<ReceivedHeartbeat, 'receivedAt'>,
  key: string,
): Promise<boolean> => {
  const rows = await database.run({
    name: 'keep-heartbeat',
    text: `insert into received_heartbeat as last (sender, epoch, number, sent_at, count, outstanding_since, keys, signed, signature, recipient)
      values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $11)
      on conflict (sender, recipient) do update set epoch = excluded.epoch, number = excluded.number, sent_at = excluded.sent_at, received_at = now(),
        count = excluded.count, outstanding_since = excluded.outstanding_since, keys = excluded.keys, signed = excluded.signed,
        signature = excluded.signature
        where (last.epoch, last.number) < (excluded.epoch, excluded.number) and $10 = any (last.keys)
      returning sender`,
    values: [sender, epoch, number, sentAt, count, outstandingSince, keys, signed, signature, key, recipient],
  })
  return rows.length > 0
}

/** The newest heartbeat of each sender, by its client id. */
const readHeartbeats = (database: Database): Promise<ReceivedHeartbeat[]> =>
  database.run<ReceivedHeartbeat>({
    name: 'read-heartbeats',
    text: `select sender, recipient, epoch, number, sent_at as "sentAt", received_at as "receivedAt", count, outstanding_since as "outstandingSince", keys,
        signed, signature
      from received_heartbeat order by sender, recipient`,
    values: [],
  })

/** The code systems by which a summary that was received is known: of `Bundle.identifier`, and of the tag that says its state. */
export type SummarySystems = Readonly<{ summary: string; state: string }>

/** The summaries and tombstones that are stored here where their sender put them: at the id of the person. */
const HELD = `select id as patient, split_part(code, '/', 2)::integer as epoch, split_part(code, '/', 3)::bigint as sequence,
    case when exists (
      select from search_token as tag where tag.type = 'Bundle' and tag.id = held.id and tag.parameter = '_tag' and tag.system = $2
        and tag.code = 'withdrawn'
    ) then 'withdrawn' else 'current' end as state
  from search_token as held where type = 'Bundle' and parameter = 'identifier' and system = $1 and code ~ '^[^/]+/[0-9]{1,9}/[0-9]{1,15}$'
    and split_part(code, '/', 1) = id`

/** The digests of the summaries that are held here, as bytes, and of how many persons they are. */
const heldDigests = async (
  database: Database,
  { summary, state }: SummarySystems,
): Promise<{ digests: Uint8Array; persons: number }> =>
  packed(await database.run<DigestRow>({ name: 'held-digests', text: bucketDigests(HELD), values: [summary, state] }))

/** What is held here of the persons in these buckets. */
const heldEditions = (
  database: Database,
  { summary, state }: SummarySystems,
  buckets: readonly number[],
): Promise<EditionRow[]> =>
  database.run<EditionRow>({
    name: 'held-editions',
    text: `select * from (${HELD}) as edition where summary_bucket(patient) = any ($3) order by patient collate "C"`,
    values: [summary, state, buckets],
  })

/** Of how many persons a current summary is held here. */
const heldCount = async (database: Database, { summary, state }: SummarySystems): Promise<number> => {
  const [row] = await database.run<{ count: number }>({
    name: 'held-count',
    text: `select count(*)::integer as count from (${HELD}) as edition where state = 'current'`,
    values: [summary, state],
  })
  return row?.count ?? 0
}

/** What this service holds as a recipient, and what its senders have said, on this database. */
export const receivedStore = (database: Database) => ({
  ...receivedCheckpoints(database),
  keepHeartbeat: (heartbeat: Omit<ReceivedHeartbeat, 'receivedAt'>, key: string) =>
    keepHeartbeat(database, heartbeat, key),
  heartbeats: () => readHeartbeats(database),
  forget: async (sender: string): Promise<boolean> => {
    const rows = await database.run({
      text: `with seals as (delete from received_checkpoint where sender = $1)
        delete from received_heartbeat where sender = $1 returning sender`,
      values: [sender],
    })
    return rows.length > 0
  },
  digests: (systems: SummarySystems) => heldDigests(database, systems),
  editions: (systems: SummarySystems, buckets: readonly number[]) => heldEditions(database, systems, buckets),
  count: (systems: SummarySystems) => heldCount(database, systems),
})
