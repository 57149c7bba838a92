import type { Sql } from '../search/sql.ts'
import { texts } from './arrays.ts'
import { batch } from './batch.ts'
import type { Database } from './database.ts'
import { searchTooSlow, tookTooLong } from './errors.ts'
import { namesOfRecurring } from './prepared.ts'
import type { ResourceRow } from './resources.ts'

/** A page may be large: of no more searches at a time the rows are sorted and held together. */
const MOST_TOGETHER = 16

type Values = readonly unknown[]
type Rows = readonly object[]

/**
 * Runs the statements of searches. One whose plan may be kept, and that comes again and again, is planned once for a connection; those that are
 * asked at the same time and differ in their values alone go as one statement. Throws `unavailable` or `search-too-slow` (see `errors.ts`).
 */
export const searchStore = (database: Database): (<Row extends object = ResourceRow>(sql: Sql) => Promise<Row[]>) => {
  const nameOf = namesOfRecurring('search')
  const groups = new Map<string, (values: Values) => Promise<Rows>>()

  const groupOf = (name: string, text: string): ((values: Values) => Promise<Rows>) => {
    const found = groups.get(name)
    if (found !== undefined) return found
    const alone = (values: Values): Promise<Rows> => database.run<object>({ name, text, values })
    const made = batch<Values, { rows: Rows } | { failure: unknown }>(
      async (asked) => {
        if (asked.length > 1) {
          const answers = await togetherOf(database, name, text, asked).catch(() => undefined)
          if (answers !== undefined) return answers.map((rows) => ({ rows }))
        }
        // Each by itself, so that only the one fails that has to.
        return Promise.all(
          asked.map((values) =>
            alone(values).then(
              (rows) => ({ rows }),
              (failure: unknown) => ({ failure }),
            ),
          ),
        )
      },
      { most: MOST_TOGETHER },
    )
    const group = async (values: Values): Promise<Rows> => {
      const answer = await made(values)
      if ('failure' in answer) throw answer.failure
      return answer.rows
    }
    groups.set(name, group)
    return group
  }

  return async <Row extends object = ResourceRow>({ text, values, steady = false, joins = false }: Sql) => {
    const name = steady ? nameOf(text) : undefined
    try {
      const isText = values.every((value) => typeof value === 'string' || typeof value === 'number')
      if (name !== undefined && joins && isText) return (await groupOf(name, text)(values)) as Row[]
      return await database.run<Row>({ ...(name === undefined ? {} : { name }), text, values })
    } catch (error) {
      throw tookTooLong(error) ? searchTooSlow(error) : error
    }
  }
}

/** What each of these finds, all as one statement: a row of values for each, in the place of its parameters. */
const togetherOf = async (
  database: Database,
  name: string,
  text: string,
  asked: readonly Values[],
): Promise<readonly Rows[]> => {
  const columns = (asked[0] as Values).map((_, index) => index + 1)
  const found = await database.run<{ place: number }>({
    name: `${name}-together`,
    // The first array is hidden from the planner, which would otherwise plan anew for each number of elements.
    text: `select asked.place::integer, found.*
      from unnest(${columns.map((column) => (column === 1 ? '(select $1::text[])' : `$${column}::text[]`)).join(', ')})
        with ordinality as asked (${columns.map((column) => `v${column}`).join(', ')}, place)
      cross join lateral (${text.replace(/\$(\d+)/g, 'asked.v$1')}) found
      order by asked.place, found.type, found.id`,
    values: columns.map((_, index) => texts(asked.map((values) => String(values[index])))),
  })
  const answers: object[][] = asked.map(() => [])
  for (const { place, ...row } of found) answers[place - 1]?.push(row)
  return answers
}
