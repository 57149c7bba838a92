import type { Database } from '../database/database.ts'
import { DELIVERY_COLUMNS, type DeliveryRow } from './delivery-status.ts'
import type { VerificationRow } from './verification.ts'

/** How one recipient stands: what it should hold and has not confirmed, and how its connection does. Instants are ISO 8601. */
export type RecipientStanding = Readonly<{
  recipient: string
  name: string
  role: string
  /** ODS code. */
  organization: string
  /** When this was so, by the clock of the database. */
  asOf: string
  /** False for one that serves nobody any more; it may still have withdrawals to acknowledge. */
  active: boolean
  outstanding: number
  withdrawals: number
  parked: number
  oldestAt: string | null
  oldestWithdrawalAt: string | null
  /** Of what has been failing longest: since when, and with what. */
  failingSince: string | null
  lastError: string | null
  breaker: 'closed' | 'open' | 'probing'
  /** Failures of the recipient itself in a row. */
  failures: number
  openUntil: string | null
  /** How it stands by what it says itself; undefined where it has not been watched yet. */
  verification: VerificationRow | undefined
}>

/** Every active recipient, and every other one that has not confirmed something; or the one that is named, whatever it is. */
export const readStandings = async (
  database: Database,
  readVerification: () => Promise<readonly VerificationRow[]>,
  recipient?: string,
): Promise<RecipientStanding[]> => {
  const [standings, verifications] = await Promise.all([
    database.run<Omit<RecipientStanding, 'verification'>>({
      name: 'read-standings',
      text: `select r.id as recipient, name, role, organization, active, now() as "asOf", owed.*,
          case when open_until is null then 'closed' when open_until > now() then 'open' else 'probing' end as breaker,
          failures, open_until as "openUntil"
        from recipient r cross join lateral (
          select count(*)::integer as outstanding, count(*) filter (where wanted_state = 'withdrawn')::integer as withdrawals,
            count(*) filter (where parked_at is not null)::integer as parked,
            min(wanted_at) as "oldestAt", min(wanted_at) filter (where wanted_state = 'withdrawn') as "oldestWithdrawalAt",
            min(failing_since) as "failingSince",
            (array_agg(last_error order by failing_since, wanted_at) filter (where last_error is not null))[1] as "lastError"
          from delivery where delivery.recipient = r.id and delivery.outstanding
        ) as owed
        where case when $1::text is null then active or owed.outstanding > 0 else r.id = $1 end order by r.id`,
      values: [recipient ?? null],
    }),
    readVerification(),
  ])
  return standings.map((standing) => ({
    ...standing,
    verification: verifications.find((each) => each.recipient === standing.recipient),
  }))
}

/** Where a page of outstanding deliveries begins: after this one. `since` is an instant. */
export type OutstandingPosition = Readonly<{ state: 'current' | 'withdrawn'; since: string; patient: string }>

/** What is outstanding of one person, with what decides who may know of whom. */
export type OutstandingRow = Omit<DeliveryRow, 'recipient' | 'name' | 'role'> &
  Readonly<{ patient: string; sharing: 'permitted' | 'withheld'; custodian: string }>

/** What one recipient has not confirmed, withdrawals first, then the longest wanted. */
export const readOutstanding = (
  database: Database,
  asked: Readonly<{ recipient: string; count: number; after?: OutstandingPosition | undefined }>,
): Promise<OutstandingRow[]> =>
  database.run<OutstandingRow>({
    name: 'read-outstanding',
    // 'withdrawn' sorts after 'current'. Callers see milliseconds of an instant, so positions are in milliseconds.
    text: `select patient, sharing, custodian, ${DELIVERY_COLUMNS}
      from delivery join person on person.id = patient
      where recipient = $1 and outstanding and ($3::text is null or wanted_state < $3 or (
        wanted_state = $3 and (date_trunc('milliseconds', wanted_at), patient) > ($4::timestamptz, $5)
      ))
      order by wanted_state desc, date_trunc('milliseconds', wanted_at), patient limit $2`,
    values: [
      asked.recipient,
      asked.count,
      asked.after?.state ?? null,
      asked.after?.since ?? null,
      asked.after?.patient ?? null,
    ],
  })
