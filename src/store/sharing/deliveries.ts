import { AUDIT_COLUMNS, type AuditEntry } from '../audit/audit.ts'
import { texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'
import type { DocumentCache, KnownDocument } from '../summaries/document-cache.ts'

/** What a recipient should hold of a person: the summary, or the tombstone that takes its place. */
export type SummaryState = 'current' | 'withdrawn'

/** A delivery under lease, with the newest state at the moment of leasing. */
export type LeasedDelivery = Readonly<{
  recipient: string
  patient: string
  /** Fencing token: a report with an older one is ignored. */
  lease: number
  state: SummaryState
  epoch: number
  sequence: number
  /** The document Bundle to send, JSON in UTF-8. */
  document: Buffer
  /** What the recipient answered as its own version last time, for If-Match; null where it holds nothing that we know of. */
  confirmedVersion: string | null
  /** Attempts at this state, this one included. */
  attempts: number
  /** Leases in a row that ended without a report: a process that had it in hand may have died of it. */
  unfinished: number
  /** Since when every attempt has failed, of a withdrawal since it was decided at most; null where the last one did not. */
  failingSince: string | null
}>

/** Names a lease. */
export type Lease = Pick<LeasedDelivery, 'recipient' | 'patient' | 'lease'>

/**
 * Nothing goes to a recipient that has not said what it holds since the last restore, and of a person of whom it knows more than this database only a
 * withdrawal that was decided since that was found. A withdrawal that a restore made us forget holds that person's content back everywhere.
 */
const SENDABLE = `not exists (
    select from ahead where ahead.patient = delivery.patient and settled_at is null and case when wanted_state = 'withdrawn'
      then ahead.recipient = delivery.recipient and wanted_sequence <= known_sequence
      else ahead.recipient = delivery.recipient or ahead.forgotten end
  )`

/** After so many leases without a report a delivery is sent by itself; after one more, content is parked. */
const SUSPECT = 2

/** What is asked for of one lane of one recipient, and by whom: the disclosure is on record before anybody has what is to be disclosed. */
export type LeaseAsked = Readonly<{
  recipient: string
  lane: SummaryState
  most: number
  seconds: number
  probe?: boolean
  audit: Omit<AuditEntry, 'outcome' | 'patient' | 'entities'>
}>

type Leased = Omit<LeasedDelivery, 'recipient' | 'state' | 'document'>

/**
 * Takes up to `most` deliveries of one lane that are due, and gives each the newest committed state to send. Nobody else gets them for `seconds`
 * (`keepLeases` adds to that); after that the lease is void and its fencing token too old. Of those that processes may have died of, one
 * is given, by itself. While the breaker of the recipient is open, nothing is given but a probe: one delivery, due or not.
 */
export const leaseDeliveries = async (
  database: Database,
  documents: DocumentCache,
  asked: LeaseAsked,
): Promise<LeasedDelivery[]> => {
  const { audit } = asked
  const leased = await database.run<Leased & { parked: boolean }>({
    name: asked.probe === true ? 'lease-probe' : 'lease-deliveries',
    text: `with due as materialized (
        select patient, next_attempt_at, lease_until is not null as abandoned, unfinished + (lease_until is not null)::integer as unfinished
        from delivery
        where recipient = $1 and wanted_state = $4 and outstanding and parked_at is null and (select may_send($1)) and ${SENDABLE}
          and (lease_until is null or lease_until <= now())
          ${asked.probe === true ? '' : 'and next_attempt_at <= now() and (select open_until is null from recipient where id = $1)'}
        order by next_attempt_at limit $2 for no key update skip locked
      ), numbered as (
        select *, row_number() over soonest as place, first_value(unfinished) over soonest >= ${SUSPECT} as alone from due
        window soonest as (order by next_attempt_at, patient)
      ), picked as (
        select patient, unfinished, unfinished > ${SUSPECT} and $4 = 'current' as poison
        from numbered where case when alone then place = 1 else unfinished < ${SUSPECT} end
      ), leased as (
        update delivery set lease = lease + 1, attempts = attempts + 1, unfinished = picked.unfinished,
          lease_until = case when not poison then now() + make_interval(secs => $3) end,
          parked_at = case when poison then now() end, parked_sequence = case when poison then wanted_sequence end,
          parked_reason = case when poison then picked.unfinished || ' times in a row nobody reported what came of sending it.' end
        from picked where recipient = $1 and delivery.patient = picked.patient
        returning delivery.patient, delivery.lease, wanted_epoch as epoch, wanted_sequence as sequence, confirmed_version as "confirmedVersion",
          attempts, delivery.unfinished,
          -- What was long in failing before it was withdrawn does not make the withdrawal wait.
          case when failing_since is not null then greatest(failing_since, wanted_at) end as "failingSince", poison as parked
      ), audited as (
        insert into audit_event (${AUDIT_COLUMNS}, outcome, reason, patient, entities)
        select $5::timestamptz, $6, $7, $8, $9, $10, $11, 'permit', $4 || ' to ' || $1, patient, array['Patient/' || patient]
        from leased where not parked
      )
      select * from leased`,
    values: [
      asked.recipient,
      asked.most,
      asked.seconds,
      asked.lane,
      audit.recorded,
      audit.requestId,
      audit.client,
      audit.organization,
      audit.role,
      audit.purpose,
      audit.interaction,
    ],
  })
  const sending = leased.filter(({ parked }) => !parked)
  // What was parked made no room: the next look finds what is behind it.
  if (sending.length === 0) return leased.length === 0 ? [] : leaseDeliveries(database, documents, asked)
  return load(documents, asked, sending)
}

/**
 * The newest state of what was leased. A row that is locked says which edition is wanted, and that is the newest that is committed; the document of
 * that edition, or of one that came after it, is read in a later statement than the lease: one that waits for a lock sees the locked row anew, and
 * everything else as it was before.
 */
const load = async (
  documents: DocumentCache,
  { recipient, lane }: Readonly<{ recipient: string; lane: SummaryState }>,
  leased: readonly Leased[],
): Promise<LeasedDelivery[]> => {
  const known = await documents.read(lane, leased)
  return leased.flatMap(({ patient, lease, confirmedVersion, attempts, unfinished, failingSince }, index) => {
    const found = known[index]
    if (found === undefined) return []
    const { epoch, sequence, document } = found
    return [
      {
        recipient,
        patient,
        lease,
        state: lane,
        epoch,
        sequence,
        document,
        confirmedVersion,
        attempts,
        unfinished,
        failingSince,
      },
    ]
  })
}

/** The newest documents of these persons in this state; none where a summary was withdrawn. */
export const readDocuments = async (
  database: Database,
  state: SummaryState,
  patients: readonly string[],
): Promise<KnownDocument[]> => {
  const rows = await database.run<Pick<KnownDocument, 'patient' | 'epoch' | 'sequence'> & { text: string }>({
    name: `read-documents-${state}`,
    text: `select patient, epoch, sequence, ${state === 'current' ? 'summary' : 'tombstone'} as text
      from emergency_summary where patient = any ($1::text[]) ${state === 'current' ? `and state = 'current'` : ''}`,
    values: [texts(patients)],
  })
  return rows.map(({ text, ...edition }) => ({ ...edition, state, document: Buffer.from(text) }))
}

/** How much there is to do for a recipient: its breaker, and when the next delivery of each lane is due; null where none is outstanding. */
export type Due = Readonly<{
  recipient: string
  failures: number
  /** Milliseconds from now by the database's clock; negative where that is past. */
  opensIn: number | null
  withdrawnIn: number | null
  currentIn: number | null
}>

/** More than are leased to one recipient at a time. */
const LEASED = 1_000

const soonest = (state: SummaryState): string => `select min(greatest(next_attempt_at, lease_until)) from (
            select next_attempt_at, lease_until from delivery
            where allowed and recipient = id and wanted_state = '${state}' and outstanding and parked_at is null and ${SENDABLE}
            order by next_attempt_at limit ${LEASED}
          ) as next`

/** For each of these recipients: what is due and when. */
export const readDue = (database: Database, recipients: readonly string[]): Promise<Due[]> =>
  database.run<Due>({
    name: 'read-due',
    text: `select id as recipient, failures, 1000 * extract(epoch from open_until - now())::float8 as "opensIn",
        1000 * extract(epoch from (
          ${soonest('withdrawn')}
        ) - now())::float8 as "withdrawnIn",
        1000 * extract(epoch from (
          ${soonest('current')}
        ) - now())::float8 as "currentIn"
      from unnest($1::text[]) as id join recipient using (id), lateral (select may_send(id) as allowed) as gate`,
    values: [recipients],
  })
