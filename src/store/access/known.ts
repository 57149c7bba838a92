import { isHidden, isRecorded } from '../../search/sql.ts'
import { texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'

type Recorded = Parameters<typeof isRecorded>[0]

/** What is asked of records: relationships of somebody with their persons, and whether these hide from them what a record tells. */
export type LookedFor = Readonly<{
  recorded: Readonly<{ recorded: readonly Recorded[]; by: Parameters<typeof isRecorded>[1] }> | undefined
  hidden: Parameters<typeof isHidden>[0] | undefined
}>

/** A record that is asked about. `isWhole`: what is made of all that is in force, and no resource by itself. */
export type AskedAbout = Readonly<{ type: string; id: string; patient: string; isWhole: boolean }>

export type Known = Readonly<{ recorded: readonly Recorded[]; hidden: boolean }>

/** What is known of each of these records, in their order; of a person who is not registered, nothing. One statement. */
export const readKnown = async (
  database: Database,
  asked: readonly AskedAbout[],
  { recorded, hidden }: LookedFor,
): Promise<readonly (Known | undefined)[]> => {
  // Where nothing depends on the record, each person is looked at once.
  const keyOf = ({ type, id, patient, isWhole }: AskedAbout): string =>
    hidden === undefined ? patient : JSON.stringify([patient, type, id, isWhole])
  const each = new Map(asked.map((one) => [keyOf(one), one]))
  const values: unknown[] = [
    texts([...each.values()].map(({ patient }) => patient)),
    texts([...each.values()].map(({ type }) => type)),
    texts([...each.values()].map(({ id }) => id)),
    [...each.values()].map(({ isWhole }) => isWhole),
  ]
  const bind = (value: unknown): string => `$${values.push(value)}`
  const kinds = recorded?.recorded.map((one) => `case when ${isRecorded(one, recorded.by, bind)} then '${one}' end`)
  const rows = await database.run<Known & { position: number }>({
    text: `select position::integer, array_remove(array[${kinds?.join(', ') ?? ''}]::text[], null) as recorded,
        ${hidden === undefined ? 'false' : isHidden(hidden, bind, 'r', 'p', 'r.is_whole')} as hidden
      from unnest($1::text[], $2::text[], $3::text[], $4::boolean[]) with ordinality as r (patient, type, id, is_whole, position)
        join person p on p.id = r.patient`,
    values,
  })
  const found = new Map(rows.map(({ position, ...known }) => [position, known]))
  const byKey = new Map([...each.keys()].map((key, index) => [key, found.get(index + 1)]))
  return asked.map((one) => byKey.get(keyOf(one)))
}
