import { AUDIT_COLUMNS, type AuditEntry } from '../audit/audit.ts'
import { plain, texts } from '../database/arrays.ts'
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

/** Adds `seconds` from now to leases. False in the place of one that has passed to another. */
export const keepLeases = async (database: Database, leases: readonly Lease[], seconds: number): Promise<boolean[]> => {
  const rows = await database.run<Lease>({
    name: 'keep-leases',
    text: `update delivery set lease_until = now() + make_interval(secs => $4) from (${HELD}) as held
      where delivery.recipient = held.recipient and delivery.patient = held.patient
      returning delivery.recipient, delivery.patient, delivery.lease`,
    values: [...leaseColumns(leases), seconds],
  })
  return areAmong(leases, rows)
}

const areAmong = (leases: readonly Lease[], rows: readonly Lease[]): boolean[] => {
  const found = new Set(rows.map(keyOf))
  return leases.map((lease) => found.has(keyOf(lease)))
}

const keyOf = ({ recipient, patient, lease }: Lease): string => `${recipient} ${patient} ${lease}`

/** The rows of these leases as far as they are still the newest, locked in one order by whoever locks several. */
const HELD = `select recipient, patient, lease from delivery
  join unnest($1::text[], $2::text[], $3::bigint[]) as named (recipient, patient, lease) using (recipient, patient, lease)
  where lease_until is not null order by recipient, patient for no key update of delivery`

const leaseColumns = (leases: readonly Lease[]): unknown[] => [
  texts(leases.map(({ recipient }) => recipient)),
  texts(leases.map(({ patient }) => patient)),
  plain(leases.map(({ lease }) => lease)),
]

/** What a recipient has named as stored. */
export type ConfirmedDelivery = Lease &
  Pick<LeasedDelivery, 'state' | 'epoch' | 'sequence'> &
  Readonly<{ /** The recipient's own version of it, for If-Match. */ version: string | null }>

/** Is told what became of attempts, for figures. */
export type DeliveryObserver = Readonly<{
  /** A state was stored, so many seconds after it came to be wanted. */
  stored(delivery: Readonly<{ recipient: string; state: SummaryState; seconds: number }>): void
  /** `refused`: the document itself; `unconfirmed`: answered with success, without saying what is held; `failed`: anything else. */
  failed(attempt: Readonly<{ recipient: string; kind: 'refused' | 'unconfirmed' | 'failed' }>): void
}>

/** `void`: the lease was not the newest, and the report is ignored; `behind`: recorded, and something newer is wanted by now. */
export type Recorded = 'void' | 'in-step' | 'behind'

/** Records what recipients have confirmed to hold; answers for each what that means. */
export const confirmDeliveries = async (
  database: Database,
  confirmed: readonly ConfirmedDelivery[],
  observe?: DeliveryObserver,
): Promise<Recorded[]> => {
  const rows = await database.run<{ position: number; outstanding: boolean; seconds: number }>({
    name: 'confirm-deliveries',
    text: `update delivery set confirmed_state = report.state, confirmed_epoch = report.epoch, confirmed_sequence = report.sequence,
        confirmed_at = now(), confirmed_version = report.version,
        received_epoch = report.epoch, received_sequence = report.sequence, received_at = now(),
        lease_until = null, last_error = null, failing_since = null, attempts = 0, refusals = 0, unfinished = 0,
        -- Somebody may have parked it while it was on its way; a later state that was parked stays so.
        parked_at = case when parked_sequence > report.sequence then parked_at end,
        parked_reason = case when parked_sequence > report.sequence then parked_reason end,
        parked_sequence = case when parked_sequence > report.sequence then parked_sequence end
      from (
        select report.* from unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[], $7::text[])
            with ordinality as report (recipient, patient, lease, state, epoch, sequence, version, position)
          join delivery using (recipient, patient, lease)
        where lease_until is not null order by recipient, patient for no key update of delivery
      ) as report
      where delivery.recipient = report.recipient and delivery.patient = report.patient
      returning position::integer, outstanding, extract(epoch from now() - wanted_at)::float8 as seconds`,
    values: [
      ...leaseColumns(confirmed),
      texts(confirmed.map(({ state }) => state)),
      plain(confirmed.map(({ epoch }) => epoch)),
      plain(confirmed.map(({ sequence }) => sequence)),
      texts(confirmed.map(({ version }) => version)),
    ],
  })
  const recorded = new Array<Recorded>(confirmed.length).fill('void')
  for (const { position, outstanding, seconds } of rows) {
    const { recipient, state } = confirmed[position - 1] as ConfirmedDelivery
    observe?.stored({ recipient, state, seconds })
    recorded[position - 1] = outstanding ? 'behind' : 'in-step'
  }
  return recorded
}

/** An attempt after which it is not known that the recipient holds what was sent. */
export type FailedDelivery = Lease &
  Pick<LeasedDelivery, 'state' | 'epoch' | 'sequence'> &
  Readonly<{
    /** For operators, without personal data. */
    error: string
    /** When to try again, from now. */
    delayMs: number
    /** The recipient answered with success, and did not say what it holds. */
    received: boolean
    /** The recipient refused this document, and would again. After five times in a row content is parked. */
    refused: boolean
    /** Where the recipient said what it holds: its own version of that; null for nothing. */
    version?: string | null
  }>

/** So many refusals of one state in a row park it. */
const MOST_REFUSALS = 5

/** Records failed attempts and when to try again. False in the place of one whose lease was not the newest: that report is ignored. */
export const postponeDeliveries = async (
  database: Database,
  failures: readonly FailedDelivery[],
  observe?: DeliveryObserver,
): Promise<boolean[]> => {
  const rows = await database.run<Lease>({
    name: 'postpone-deliveries',
    text: `update delivery set lease_until = null, last_error = report.error, failing_since = coalesce(failing_since, now()), unfinished = 0,
        -- What came to be wanted meanwhile does not wait for what failed before it.
        next_attempt_at = case when same then now() + make_interval(secs => report.delay) else next_attempt_at end,
        refusals = case when not same then 0 when report.refused then refusals + 1 else refusals end,
        -- What somebody parked meanwhile stays parked.
        parked_at = case when poison then now() else parked_at end, parked_sequence = case when poison then report.sequence else parked_sequence end,
        parked_reason = case when poison then report.error else parked_reason end,
        received_epoch = case when report.received then report.epoch else received_epoch end,
        received_sequence = case when report.received then report.sequence else received_sequence end,
        received_at = case when report.received then now() else received_at end,
        confirmed_version = case when report.named then report.version else confirmed_version end
      from (
        select report.*, same, same and wanted_state = 'current' and report.refused and refusals + 1 >= ${MOST_REFUSALS} as poison
        from (${HELD}) as held join delivery using (recipient, patient, lease)
          join unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[], $7::text[], $8::float8[], $9::boolean[],
              $10::boolean[], $11::boolean[], $12::text[])
            as report (recipient, patient, lease, state, epoch, sequence, error, delay, received, refused, named, version)
            using (recipient, patient, lease),
          lateral (select (wanted_state, wanted_epoch, wanted_sequence) = (report.state, report.epoch, report.sequence) as same) as compared
      ) as report
      where delivery.recipient = report.recipient and delivery.patient = report.patient
      returning delivery.recipient, delivery.patient, delivery.lease`,
    values: [
      ...leaseColumns(failures),
      failures.map(({ state }) => state),
      failures.map(({ epoch }) => epoch),
      failures.map(({ sequence }) => sequence),
      failures.map(({ error }) => error),
      failures.map(({ delayMs }) => delayMs / 1_000),
      failures.map(({ received }) => received),
      failures.map(({ refused }) => refused),
      failures.map(({ version }) => version !== undefined),
      failures.map(({ version }) => version ?? null),
    ],
  })
  for (const { recipient, refused, received } of failures)
    observe?.failed({ recipient, kind: refused ? 'refused' : received ? 'unconfirmed' : 'failed' })
  return areAmong(failures, rows)
}

/** Gives leases back untried, as at shutdown. */
export const releaseDeliveries = async (database: Database, leases: readonly Lease[]): Promise<void> => {
  await database.run({
    name: 'release-deliveries',
    text: `update delivery set lease_until = null, attempts = greatest(attempts - 1, 0) from (${HELD}) as held
      where delivery.recipient = held.recipient and delivery.patient = held.patient`,
    values: leaseColumns(leases),
  })
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
