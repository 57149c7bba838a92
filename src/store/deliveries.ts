import type { Database } from './database.ts'

export type Recipient = Readonly<{
  id: string
  name: string
  role: string
  /** ODS code. */
  organization: string
  channel: string
  /** FHIR base URL of the recipient. */
  address: string
  jurisdictions: readonly string[]
}>

/** A delivery under lease, with the newest state at the moment of leasing. */
export type LeasedDelivery = Readonly<{
  recipient: string
  patient: string
  /** Fencing token: a report with an older one is ignored. */
  lease: number
  state: 'current' | 'withdrawn'
  sequence: number
  /** The document Bundle to send. */
  document: string
  /** What the recipient answered as its own version last time, for If-Match; null where it holds nothing that we know of. */
  confirmedVersion: string | null
  attempts: number
}>

export type DeliveryRow = Readonly<{
  recipient: string
  name: string
  role: string
  wantedState: 'current' | 'withdrawn'
  wantedSequence: number
  wantedAt: string
  confirmedState: 'current' | 'withdrawn' | null
  confirmedSequence: number | null
  confirmedAt: string | null
  attempts: number
  nextAttemptAt: string
  lastError: string | null
}>

/** Registers or updates a recipient; what it should hold, or no longer hold, is wanted from then on. */
export const registerRecipient = async (database: Database, recipient: Recipient): Promise<void> => {
  const { id, name, role, organization, channel, address, jurisdictions } = recipient
  await database.run({
    text: 'select register_recipient($1, $2, $3, $4, $5, $6, $7)',
    values: [id, name, role, organization, channel, address, jurisdictions],
  })
}

export const readRecipients = (database: Database): Promise<Recipient[]> =>
  database.run<Recipient>({
    text: 'select id, name, role, organization, channel, address, jurisdictions from recipient where active order by id',
    values: [],
  })

/** Which deliveries a dispatcher takes: the withdrawals alone, so that nothing else can hold them up, or all. */
export type Lane = 'withdrawals' | 'all'

/**
 * Takes up to `most` deliveries that are due, withdrawals first, and gives each the newest committed state to send. Nobody else gets them
 * for `seconds`; after that the lease is void and its fencing token too old.
 */
export const leaseDeliveries = async (
  database: Database,
  asked: Readonly<{ recipient: string; lane: Lane; most: number; seconds: number }>,
): Promise<LeasedDelivery[]> => {
  const leased = await database.run<{ patient: string; lease: number }>({
    name: 'lease-deliveries',
    text: `with due as (
        select recipient, patient from delivery
        where recipient = $1 and confirmed_sequence is distinct from wanted_sequence and next_attempt_at <= now()
          and (lease_until is null or lease_until < now()) and wanted_state = any ($4)
        order by wanted_state desc, next_attempt_at limit $2 for update skip locked
      )
      update delivery set lease = lease + 1, lease_until = now() + make_interval(secs => $3), attempts = attempts + 1
      from due where delivery.recipient = due.recipient and delivery.patient = due.patient
      returning delivery.patient, delivery.lease`,
    values: [
      asked.recipient,
      asked.most,
      asked.seconds,
      asked.lane === 'withdrawals' ? ['withdrawn'] : ['withdrawn', 'current'],
    ],
  })
  if (leased.length === 0) return []
  // A statement of its own, so that what is wanted and what is sent are seen at one moment: a statement that waits for a lock
  // sees the locked row anew, and everything else as it was before.
  return database.run<LeasedDelivery>({
    name: 'leased-deliveries',
    text: `select delivery.recipient, delivery.patient, delivery.lease, wanted_state as state, wanted_sequence as sequence,
        case when wanted_state = 'current' then summary.summary else summary.tombstone end as document,
        confirmed_version as "confirmedVersion", attempts
      from unnest($2::text[], $3::bigint[]) as leased (patient, lease)
      join delivery on delivery.recipient = $1 and delivery.patient = leased.patient and delivery.lease = leased.lease
      join emergency_summary as summary on summary.patient = delivery.patient
      order by wanted_state desc`,
    values: [asked.recipient, leased.map(({ patient }) => patient), leased.map(({ lease }) => lease)],
  })
}

/** Records what a recipient has confirmed to hold. False where the lease is no longer the newest: the report is ignored. */
export const confirmDelivery = async (
  database: Database,
  {
    recipient,
    patient,
    lease,
    state,
    sequence,
  }: Pick<LeasedDelivery, 'recipient' | 'patient' | 'lease' | 'state' | 'sequence'>,
  version: string | null,
): Promise<boolean> => {
  const rows = await database.run({
    name: 'confirm-delivery',
    text: `update delivery set confirmed_state = $4, confirmed_sequence = $5, confirmed_at = now(), confirmed_version = $6,
        lease_until = null, last_error = null, attempts = 0
      where recipient = $1 and patient = $2 and lease = $3 returning recipient`,
    values: [recipient, patient, lease, state, sequence, version],
  })
  return rows.length === 1
}

/** Records a failed attempt and when to try again; `version` where the recipient said what it holds. */
export const postponeDelivery = async (
  database: Database,
  { recipient, patient, lease, sequence }: Pick<LeasedDelivery, 'recipient' | 'patient' | 'lease' | 'sequence'>,
  { error, delayMs, version }: { error: string; delayMs: number; version?: string | null },
): Promise<void> => {
  await database.run({
    name: 'postpone-delivery',
    text: `update delivery set lease_until = null, last_error = $4,
        -- What came to be wanted meanwhile does not wait for what failed before it.
        next_attempt_at = case when wanted_sequence = $8 then now() + make_interval(secs => $5) else next_attempt_at end,
        confirmed_version = case when $6 then $7 else confirmed_version end
      where recipient = $1 and patient = $2 and lease = $3`,
    values: [recipient, patient, lease, error, delayMs / 1_000, version !== undefined, version ?? null, sequence],
  })
}

/** Gives a lease back untried, as at shutdown. */
export const releaseDelivery = async (
  database: Database,
  { recipient, patient, lease }: Pick<LeasedDelivery, 'recipient' | 'patient' | 'lease'>,
): Promise<void> => {
  await database.run({
    name: 'release-delivery',
    text: `update delivery set lease_until = null, attempts = greatest(attempts - 1, 0) where recipient = $1 and patient = $2 and lease = $3`,
    values: [recipient, patient, lease],
  })
}

/** What each recipient should hold of a person and has confirmed, in the order of recipients. */
export const readDeliveries = (database: Database, patient: string): Promise<DeliveryRow[]> =>
  database.run<DeliveryRow>({
    name: 'read-deliveries',
    text: `select recipient, name, role, wanted_state as "wantedState", wanted_sequence as "wantedSequence", wanted_at as "wantedAt",
        confirmed_state as "confirmedState", confirmed_sequence as "confirmedSequence", confirmed_at as "confirmedAt", attempts,
        next_attempt_at as "nextAttemptAt", last_error as "lastError"
      from delivery join recipient on recipient.id = delivery.recipient where patient = $1 order by recipient`,
    values: [patient],
  })

/** For each recipient: deliveries outstanding, withdrawals among them, and the age of the oldest in seconds. */
export const outstandingDeliveries = (
  database: Database,
): Promise<
  {
    recipient: string
    outstanding: number
    withdrawals: number
    oldestSeconds: number
    oldestWithdrawalSeconds: number
  }[]
> =>
  database.run({
    name: 'outstanding-deliveries',
    text: `select recipient.id as recipient, count(delivery.patient)::integer as outstanding,
        count(*) filter (where wanted_state = 'withdrawn')::integer as withdrawals,
        coalesce(extract(epoch from now() - min(wanted_at)), 0)::float8 as "oldestSeconds",
        coalesce(extract(epoch from now() - min(wanted_at) filter (where wanted_state = 'withdrawn')), 0)::float8 as "oldestWithdrawalSeconds"
      from recipient left join delivery on delivery.recipient = recipient.id and confirmed_sequence is distinct from wanted_sequence
      where recipient.active group by recipient.id order by recipient.id`,
    values: [],
  })
