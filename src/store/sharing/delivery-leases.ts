/** Leases of deliveries: how they are kept, and given back. */
import { plain, texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'
import type { Lease } from './deliveries.ts'

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

/** Which of these leases are among the rows that a statement changed. */
export const areAmong = (leases: readonly Lease[], rows: readonly Lease[]): boolean[] => {
  const found = new Set(rows.map(keyOf))
  return leases.map((lease) => found.has(keyOf(lease)))
}

const keyOf = ({ recipient, patient, lease }: Lease): string => `${recipient} ${patient} ${lease}`

/** The rows of these leases as far as they are still the newest, locked in one order by whoever locks several. */
export const HELD = `select recipient, patient, lease from delivery
  join unnest($1::text[], $2::text[], $3::bigint[]) as named (recipient, patient, lease) using (recipient, patient, lease)
  where lease_until is not null order by recipient, patient for no key update of delivery`

/** The first three values of a statement with `HELD` in it. */
export const leaseColumns = (leases: readonly Lease[]): unknown[] => [
  texts(leases.map(({ recipient }) => recipient)),
  texts(leases.map(({ patient }) => patient)),
  plain(leases.map(({ lease }) => lease)),
]

/** Gives leases back untried, as at shutdown. */
export const releaseDeliveries = async (database: Database, leases: readonly Lease[]): Promise<void> => {
  await database.run({
    name: 'release-deliveries',
    text: `update delivery set lease_until = null, attempts = greatest(attempts - 1, 0) from (${HELD}) as held
      where delivery.recipient = held.recipient and delivery.patient = held.patient`,
    values: leaseColumns(leases),
  })
}
