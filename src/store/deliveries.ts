import type { Database } from './database.ts'
import type { DocumentCache } from './document-cache.ts'

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

/**
 * Takes up to `most` deliveries of one lane that are due, and gives each the newest committed state to send. Nobody else gets them for `seconds`
 * (`keepLeases` adds to that); after that the lease is void and its fencing token too old. Of those that processes may have died of, one
 * is given, by itself. While the breaker of the recipient is open, nothing is given but a probe: one delivery, due or not.
 */
export const leaseDeliveries = async (
  database: Database,
  documents: DocumentCache,
  asked: Readonly<{ recipient: string; lane: SummaryState; most: number; seconds: number; probe?: boolean }>,
): Promise<LeasedDelivery[]> => {
  const leased = await database.run<{ patient: string; lease: number; parked: boolean }>({
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
      )
      update delivery set lease = lease + 1, attempts = attempts + 1, unfinished = picked.unfinished,
        lease_until = case when not poison then now() + make_interval(secs => $3) end,
        parked_at = case when poison then now() end, parked_sequence = case when poison then wanted_sequence end,
        parked_reason = case when poison then picked.unfinished || ' times in a row nobody reported what came of sending it.' end
      from picked where recipient = $1 and delivery.patient = picked.patient
      returning delivery.patient, delivery.lease, poison as parked`,
    values: [asked.recipient, asked.most, asked.seconds, asked.lane],
  })
  const sending = leased.filter(({ parked }) => !parked)
  // What was parked made no room: the next look finds what is behind it.
  if (sending.length === 0) return leased.length === 0 ? [] : leaseDeliveries(database, documents, asked)
  return load(database, documents, asked, sending)
}

/**
 * The newest state of what was leased. A statement of its own, so that what is wanted and what is sent are seen at one moment: a statement that
 * waits for a lock sees the locked row anew, and everything else as it was before. A document that is known comes without its text.
 */
const load = async (
  database: Database,
  documents: DocumentCache,
  { recipient, lane }: Readonly<{ recipient: string; lane: SummaryState }>,
  leased: readonly Readonly<{ patient: string; lease: number }>[],
): Promise<LeasedDelivery[]> => {
  const known = new Map(leased.map(({ patient }) => [patient, documents.get(patient, lane)]))
  const editions = leased.map(({ patient }) => known.get(patient))
  const rows = await database.run<Omit<LeasedDelivery, 'document'> & { text: string | null }>({
    name: 'leased-deliveries',
    text: `select delivery.recipient, delivery.patient, delivery.lease, wanted_state as state, summary.epoch, summary.sequence,
        case when (wanted_state, summary.epoch, summary.sequence) = ($6, leased.epoch, leased.sequence) then null
          when wanted_state = 'current' then summary.summary else summary.tombstone end as text,
        confirmed_version as "confirmedVersion", attempts, unfinished,
        -- What was long in failing before it was withdrawn does not make the withdrawal wait.
        case when failing_since is not null then greatest(failing_since, wanted_at) end as "failingSince"
      from unnest($2::text[], $3::bigint[], $4::integer[], $5::bigint[]) as leased (patient, lease, epoch, sequence)
      join delivery on delivery.recipient = $1 and delivery.patient = leased.patient and delivery.lease = leased.lease
      join emergency_summary as summary on summary.patient = delivery.patient
      where wanted_state = 'withdrawn' or summary.state = 'current'`,
    values: [
      recipient,
      leased.map(({ patient }) => patient),
      leased.map(({ lease }) => lease),
      editions.map((edition) => edition?.epoch ?? null),
      editions.map((edition) => edition?.sequence ?? null),
      lane,
    ],
  })
  return rows.map(({ text, ...delivery }) => {
    const document = text === null ? (known.get(delivery.patient)?.document as Buffer) : Buffer.from(text)
    const { patient, state, epoch, sequence } = delivery
    if (text !== null) documents.put({ patient, state, epoch, sequence, document })
    return { ...delivery, document }
  })
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
  leases.map(({ recipient }) => recipient),
  leases.map(({ patient }) => patient),
  leases.map(({ lease }) => lease),
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
  const rows = await database.run<Parameters<DeliveryObserver['stored']>[0] & Lease & { outstanding: boolean }>({
    name: 'confirm-deliveries',
    text: `update delivery set confirmed_state = report.state, confirmed_epoch = report.epoch, confirmed_sequence = report.sequence,
        confirmed_at = now(), confirmed_version = report.version,
        received_epoch = report.epoch, received_sequence = report.sequence, received_at = now(),
        lease_until = null, last_error = null, failing_since = null, attempts = 0, refusals = 0, unfinished = 0,
        -- Somebody may have parked it while it was on its way; a later state that was parked stays so.
        parked_at = case when parked_sequence > report.sequence then parked_at end,
        parked_reason = case when parked_sequence > report.sequence then parked_reason end,
        parked_sequence = case when parked_sequence > report.sequence then parked_sequence end
      from (${HELD}) as held join unnest($1::text[], $2::text[], $3::bigint[], $4::text[], $5::integer[], $6::bigint[], $7::text[])
        as report (recipient, patient, lease, state, epoch, sequence, version) using (recipient, patient, lease)
      where delivery.recipient = report.recipient and delivery.patient = report.patient
      returning delivery.recipient, delivery.patient, delivery.lease, outstanding, report.state,
        extract(epoch from now() - wanted_at)::float8 as seconds`,
    values: [
      ...leaseColumns(confirmed),
      confirmed.map(({ state }) => state),
      confirmed.map(({ epoch }) => epoch),
      confirmed.map(({ sequence }) => sequence),
      confirmed.map(({ version }) => version),
    ],
  })
  for (const row of rows) observe?.stored(row)
  const outstanding = new Map(rows.map((row) => [keyOf(row), row.outstanding]))
  return confirmed.map((one) => {
    const isBehind = outstanding.get(keyOf(one))
    return isBehind === undefined ? 'void' : isBehind ? 'behind' : 'in-step'
  })
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
const LEASED = 500

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
