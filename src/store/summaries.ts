import type { DerivedState } from './commit.ts'
import type { Database } from './database.ts'

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

/** Everything that is stored as derived for a person, with the moment and the sequence of that; undefined where the person is not registered. */
export const readDerived = async (
  database: Database,
  patient: string,
): Promise<(DerivedState & Readonly<{ sequence: number; updated: string }>) | undefined> => {
  const [row] = await database.run<DerivedState & { sequence: number; updated: string }>({
    name: 'read-derived',
    text: `select summary.sequence, updated, jurisdiction, sharing, in_force as "inForce", outcome, answer, state, summary, tombstone
      from emergency_summary summary join person on person.id = summary.patient where patient = $1`,
    values: [patient],
  })
  return row
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
