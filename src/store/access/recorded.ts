import { isRecorded } from '../../search/sql.ts'
import type { Database } from '../database/database.ts'

type Recorded = Parameters<typeof isRecorded>[0]

/** Which of these relationships of somebody with each of these persons are on record, by the id of the Patient: one statement. */
export const readRecorded = async (
  database: Database,
  patients: readonly string[],
  wanted: readonly Recorded[],
  by: Parameters<typeof isRecorded>[1],
): Promise<ReadonlyMap<string, readonly Recorded[]>> => {
  const values: unknown[] = [patients]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const each = wanted.map((one) => `case when ${isRecorded(one, by, bind)} then '${one}' end`)
  const rows = await database.run<{ patient: string; recorded: Recorded[] }>({
    text: `select r.patient, array_remove(array[${each.join(', ')}]::text[], null) as recorded
      from unnest($1::text[]) as r (patient) join person p on p.id = r.patient`,
    values,
  })
  return new Map(rows.map(({ patient, recorded }) => [patient, recorded]))
}
