import type { Database } from '../database/database.ts'
import type { DerivedState } from '../resources/commit.ts'

/** What is derived for one person, with the facts of the access decision. */
export type SummaryRow = Readonly<{
  sequence: number
  state: 'current' | 'withdrawn' | 'none'
  summary: string | null
  updated: string
  sharing: 'permitted' | 'withheld'
  custodian: string
}>

/** The stored summary of a person, or undefined where the person is not registered. */
export const readSummary = async (database: Database, patient: string): Promise<SummaryRow | undefined> => {
  const [row] = await database.run<SummaryRow>({
    name: 'read-summary',
    text: `select summary.sequence, state, summary, updated, sharing, custodian
      from emergency_summary summary join person on person.id = summary.patient where patient = $1`,
    values: [patient],
  })
  return row
}

/** Everything that is stored as derived for a person, with the moment and the sequence of that. */
export type DerivedRow = Omit<DerivedState, 'nextTurn'> &
  Readonly<{ sequence: number; updated: string; nextTurn: string | null }>

/** Undefined where the person is not registered. */
export const readDerived = async (database: Database, patient: string): Promise<DerivedRow | undefined> => {
  const [row] = await database.run<DerivedRow>({
    name: 'read-derived',
    text: `select summary.sequence, updated, jurisdiction, sharing, cpr_hidden_from as "cprHiddenFrom", in_force as "inForce", outcome, answer, state, summary, tombstone,
        next_turn as "nextTurn"
      from emergency_summary summary join person on person.id = summary.patient where patient = $1`,
    values: [patient],
  })
  return row
}

/** A person for whom something else holds since an instant. */
export type Turn = Readonly<{ patient: string; at: string }>

/** Up to `most` persons whose turn has come by `now`, the earliest first; those after `after` where it is given. */
export const readTurns = (
  database: Database,
  { now, most, after }: Readonly<{ now: Date; most: number; after?: Turn | undefined }>,
): Promise<Turn[]> =>
  database.run<Turn>({
    name: 'read-turns',
    text: `select patient, next_turn as at from emergency_summary
      where next_turn <= $1 and (next_turn, patient) > ($2, $3) order by next_turn, patient limit $4`,
    values: [now, after?.at ?? '-infinity', after?.patient ?? '', most],
  })

/** Notes when a person is to be looked at again, where nothing else was derived since the look that says so. */
export const noteTurn = async (
  database: Database,
  { patient, sequence, nextTurn }: Readonly<{ patient: string; sequence: number; nextTurn: Date | null }>,
): Promise<void> => {
  await database.run({
    name: 'note-turn',
    text: 'update emergency_summary set next_turn = $3 where patient = $1 and sequence = $2',
    values: [patient, sequence, nextTurn],
  })
}

/** The facts of the access decision for a person, or undefined where the person is not registered. */
export const readSharing = async (
  database: Database,
  patient: string,
): Promise<Pick<SummaryRow, 'sharing' | 'custodian'> | undefined> => {
  const [row] = await database.run<Pick<SummaryRow, 'sharing' | 'custodian'>>({
    name: 'read-sharing',
    text: 'select sharing, custodian from person where id = $1',
    values: [patient],
  })
  return row
}
