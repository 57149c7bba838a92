import { plain, texts } from '../database/arrays.ts'
import type { Database } from '../database/database.ts'

/** A condition under which resources of a type are created where none matches it; `key` is a digest of it. */
export type Condition = Readonly<{ type: string; key: string }>

/** `number`: how often resources were created under it when this was read. */
export type CountedCondition = Condition & Readonly<{ number: number }>

/** How often each was used, in the order of the conditions. Read before the search: the commit is refused where the number has risen since. */
export const readConditions = async (
  database: Database,
  conditions: readonly Condition[],
): Promise<readonly CountedCondition[]> => {
  const rows = await database.run<{ number: number }>({
    name: 'read-conditions',
    text: `select coalesce(used.number, 0) as number from unnest($1::text[], $2::text[]) with ordinality as asked (type, key, position)
      left join condition_used as used on used.type = asked.type and used.key = asked.key order by position`,
    values: [texts(conditions.map(({ type }) => type)), texts(conditions.map(({ key }) => key))],
  })
  return conditions.map((condition, index) => ({ ...condition, number: rows[index]?.number ?? 0 }))
}

/** The arguments of `use_conditions`, in their order. */
export const conditionArrays = (conditions: readonly CountedCondition[]): unknown[] => [
  texts(conditions.map(({ type }) => type)),
  texts(conditions.map(({ key }) => key)),
  plain(conditions.map(({ number }) => number)),
]
