import type { Database } from '../database/database.ts'
import { writersUnderWay } from '../database/writers.ts'

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
  /** Postcode areas or districts that it serves, e.g. `EH`, `KY16`; empty: all of its jurisdictions. */
  postcodes: readonly string[]
  /** True where it serves only those who are registered with its organisation. */
  registeredOnly: boolean
  /** False where it is to give up what it holds: everybody's tombstone is wanted there, and nothing else. */
  active: boolean
}>

/**
 * Registers or updates a recipient: each commit from now on wants it to hold what it should. True where it has changed, so that the persons
 * who are stored already have to be looked at (`settleRecipient`, once `commitsUnderWay` have ended).
 */
export const registerRecipient = async (database: Database, recipient: Recipient): Promise<boolean> => {
  const { id, name, role, organization, channel, address, jurisdictions, postcodes, registeredOnly, active } = recipient
  const [row] = await database.run<{ changed: boolean }>({
    text: 'select register_recipient($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) as changed',
    values: [id, name, role, organization, channel, address, jurisdictions, postcodes, registeredOnly, active],
  })
  return row?.changed === true
}

/** Begins to look at everybody anew: what was looked at while older commits were under way may lack theirs. */
export const unsettleRecipient = async (database: Database, id: string): Promise<void> => {
  await database.run({ text: `update recipient set settled_to = '' where id = $1`, values: [id] })
}

/** Which of these recipients were registered or changed, and not everybody has been looked at since. */
export const readUnsettled = async (database: Database, ids: readonly string[]): Promise<string[]> => {
  const rows = await database.run<{ id: string }>({
    name: 'unsettled',
    text: 'select id from recipient where id = any ($1) and settled_to is not null order by id',
    values: [ids],
  })
  return rows.map(({ id }) => id)
}

/** Resolves to a question: have all commits ended that may have set what is wanted without seeing what is stored now? */
export const commitsUnderWay = (database: Database): Promise<() => Promise<boolean>> =>
  writersUnderWay(database, 'delivery')

/** What became of the persons `past` an id: how many were looked at, whose summary is wanted now, whose withdrawal, and who has to be derived again. */
export type Settled = Readonly<{
  past: string
  lookedAt: number
  wanted: number
  withdrawn: number
  again: readonly string[]
}>

/**
 * Looks at the next `most` persons after what has changed of a recipient (see `settle_recipient`); undefined when all have been looked at. Where
 * some have to be derived again, the next call looks at the same ones, unless it is told to go on: with `past`, from where they were looked at.
 */
export const settleRecipient = async (
  database: Database,
  id: string,
  most: number,
  past?: string,
): Promise<Settled | undefined> => {
  const [row] = await database.run<Settled & { lookedAt: number | null }>({
    text: 'select looked_past as past, looked_at as "lookedAt", wanted, withdrawn, again from settle_recipient($1, $2, $3)',
    values: [id, most, past ?? null],
  })
  return row === undefined || row.lookedAt === null || row.lookedAt === 0 ? undefined : row
}

/** All recipients that were ever registered, also those that are not active. */
export const readRecipients = (database: Database): Promise<Recipient[]> =>
  database.run<Recipient>({
    text: `select id, name, role, organization, channel, address, jurisdictions, postcodes, registered_only as "registeredOnly", active
      from recipient order by id`,
    values: [],
  })
