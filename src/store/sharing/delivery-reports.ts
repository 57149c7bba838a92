/** What came of deliveries, as who sent them reports it. */
import { plain, texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'
import type { Lease, LeasedDelivery, SummaryState } from './deliveries.ts'
import { areAmong, HELD, leaseColumns } from './delivery-leases.ts'

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
