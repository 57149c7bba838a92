import type { Database } from '../database/database.ts'

/** The epoch in force; `raised` where this call found that the database is not the one that it was. */
const recogniseDatabase = async (database: Database): Promise<{ epoch: number; raised: boolean }> => {
  const [row] = await database.run<{ epoch: number; raised: boolean }>({
    name: 'recognise-database',
    text: 'select epoch, raised from recognise_database()',
    values: [],
  })
  return row as { epoch: number; raised: boolean }
}

/** Raises the epoch above the one in force and above `above` (see `raise_epoch`); answers the new one. */
const raiseEpoch = async (
  database: Database,
  { because, above, askAll }: Readonly<{ because: string; above: number; askAll: boolean }>,
): Promise<number> => {
  const [row] = await database.run<{ epoch: number }>({
    text: 'select raise_epoch($1, $2, $3) as epoch',
    values: [because, above, askAll],
  })
  return row?.epoch as number
}

/**
 * Raises the epoch above one that a recipient says it holds and that this database has lost, once for each recipient and restore: nothing is signed.
 * `overtaken` where that answer says nothing any more, `again` where its word has raised it already.
 */
const claimEpoch = async (
  database: Database,
  said: Readonly<{ recipient: string; asked: number; holds: number; because: string }>,
): Promise<'raised' | 'overtaken' | 'again'> => {
  const [row] = await database.run<{ outcome: 'raised' | 'overtaken' | 'again' }>({
    text: 'select claim_epoch($1, $2, $3, $4) as outcome',
    values: [said.recipient, said.asked, said.holds, said.because],
  })
  return row?.outcome as 'raised' | 'overtaken' | 'again'
}

/**
 * Raises the epoch where a recipient has heard a later heartbeat from us than this database remembers. `contested` where it was raised within the
 * hour already: it is not raised again, for two copies of a database would do so in turn for ever.
 */
const goneBack = async (
  database: Database,
  heard: Readonly<{ recipient: string; epoch: number; number: number; because: string }>,
): Promise<'remembered' | 'raised' | 'contested'> => {
  const [row] = await database.run<{ contested: boolean }>({
    text: `select coalesce(raised_at > now() - interval '1 hour', false) as contested from installation, verification
      where recipient = $1 and (epoch, heartbeat_number) < ($2, $3)`,
    values: [heard.recipient, heard.epoch, heard.number],
  })
  if (row === undefined) return 'remembered'
  if (row.contested) return 'contested'
  await raiseEpoch(database, { because: heard.because, above: heard.epoch, askAll: true })
  return 'raised'
}

/** When and why the epoch was last raised; undefined where it never was. */
const lastRaise = async (
  database: Database,
): Promise<Readonly<{ epoch: number; at: string; because: string }> | undefined> => {
  const [row] = await database.run<{ epoch: number; at: string; because: string }>({
    text: `select epoch, raised_at as at, raised_because as because from installation where raised_at is not null`,
    values: [],
  })
  return row
}

/** Persons whose summary was rendered at an epoch that has passed, in the order of their ids. */
const personsOfPastEpochs = async (database: Database, after: string, most: number): Promise<string[]> => {
  const rows = await database.run<{ patient: string }>({
    name: 'past-epochs',
    text: `select patient from emergency_summary where epoch < (select epoch from installation) and patient > $1 order by patient limit $2`,
    values: [after, most],
  })
  return rows.map(({ patient }) => patient)
}

/** Notes that these persons were rendered anew: the next edition of them says no more than the one before. */
const noteRendered = async (database: Database, patients: readonly string[]): Promise<void> => {
  await database.run({
    text: 'update ahead set known_sequence = known_sequence + 1 where patient = any ($1)',
    values: [patients],
  })
}

/** Which database this is, and at which epoch (docs/decisions/0010-verification-of-recipients.md). */
export const epochStore = (database: Database) => ({
  recognise: () => recogniseDatabase(database),
  raise: (asked: Parameters<typeof raiseEpoch>[1]) => raiseEpoch(database, asked),
  claim: (said: Parameters<typeof claimEpoch>[1]) => claimEpoch(database, said),
  goneBack: (heard: Parameters<typeof goneBack>[1]) => goneBack(database, heard),
  lastRaise: () => lastRaise(database),
  personsOfPastEpochs: (after: string, most: number) => personsOfPastEpochs(database, after, most),
  noteRendered: (patients: readonly string[]) => noteRendered(database, patients),
})
