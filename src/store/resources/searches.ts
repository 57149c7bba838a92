import type { Sql } from '../../search/sql.ts'
import { AUDIT_COLUMNS, type AuditEntry, auditArrays } from '../audit/audit.ts'
import { plain, texts } from '../database/arrays.ts'
import { batch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'
import { searchTooSlow, tookTooLong } from '../database/errors.ts'
import { namesOfRecurring } from '../database/prepared.ts'
import type { ResourceRow } from './resources.ts'

/** What is shown of a resource, and whose record it is. */
export type FoundRow = Pick<ResourceRow, 'type' | 'id' | 'patient' | 'body'>

/** A page may be large: of no more searches at a time the rows are sorted and held together. */
const MOST_TOGETHER = 16

type Values = readonly unknown[]
type Rows = readonly object[]
type Answer = Readonly<{ rows: Rows } | { failure: unknown }>

/** As what a search of resources is audited: an entry for each person of its first `shown` rows, one of nobody where there are none. */
export type SearchAudit = Readonly<{
  act: Omit<AuditEntry, 'outcome' | 'patient' | 'entities'> & Readonly<{ query: string }>
  shown: number
}>

type Asked = Readonly<{ values: Values; audit: SearchAudit | undefined }>

export type SearchStore = Readonly<{
  /** Rows of those who asked together have their `place` among them besides. Throws `unavailable` or `search-too-slow` (see `errors.ts`). */
  search<Row extends object = FoundRow>(sql: Sql): Promise<Row[]>
  /** The same, with the audit in the same statement where that can be; `audited` says whether it was. */
  searchAudited<Row extends object = FoundRow>(
    sql: Sql,
    audit: SearchAudit,
  ): Promise<Readonly<{ rows: Row[]; audited: boolean }>>
}>

/**
 * Runs the statements of searches. One whose plan may be kept, and that comes again and again, is planned once for a connection; those that are
 * asked at the same time and differ in their values alone go as one statement, and what they show is audited by it.
 */
export const searchStore = (database: Database): SearchStore => {
  const nameOf = namesOfRecurring('search')
  const groups = new Map<string, (asked: Asked) => Promise<Rows>>()

  const groupOf = (name: string, text: string, isAudited: boolean, size: number): ((asked: Asked) => Promise<Rows>) => {
    const key = isAudited ? `${name}-audited` : `${name}-together`
    const found = groups.get(key)
    if (found !== undefined) return found
    // Made once: to write it out, and to see that it is the same, would be done for each group.
    const joined = { name: key, text: isAudited ? audited(text, size) : together(text, size) }
    const alone = (asked: Asked): Promise<Rows> =>
      isAudited
        ? togetherOf(database, joined, [asked]).then(([rows = []]) => rows)
        : database.run<object>({ name, text, values: asked.values })
    const made = batch<Asked, Answer>(
      async (all) => {
        if (all.length > 1) {
          const answers = await togetherOf(database, joined, all).catch(() => undefined)
          if (answers !== undefined) return answers.map((rows) => ({ rows }))
        }
        // Each by itself, so that only the one fails that has to.
        return Promise.all(
          all.map((asked) =>
            alone(asked).then(
              (rows) => ({ rows }),
              (failure: unknown) => ({ failure }),
            ),
          ),
        )
      },
      { most: MOST_TOGETHER },
    )
    const group = async (asked: Asked): Promise<Rows> => {
      const answer = await made(asked)
      if ('failure' in answer) throw answer.failure
      return answer.rows
    }
    groups.set(key, group)
    return group
  }

  const run = async (
    { text, values, steady = false, joins = false }: Sql,
    audit: SearchAudit | undefined,
  ): Promise<Readonly<{ rows: Rows; audited: boolean }>> => {
    const name = steady ? nameOf(text) : undefined
    try {
      const isText = values.every((value) => typeof value === 'string' || typeof value === 'number')
      if (name !== undefined && joins && isText)
        return {
          rows: await groupOf(name, text, audit !== undefined, values.length)({ values, audit }),
          audited: audit !== undefined,
        }
      const rows = await database.run<object>({ ...(name === undefined ? {} : { name }), text, values })
      return { rows, audited: false }
    } catch (error) {
      throw tookTooLong(error) ? searchTooSlow(error) : error
    }
  }

  return {
    search: async <Row extends object = FoundRow>(sql: Sql) => (await run(sql, undefined)).rows as Row[],
    searchAudited: async <Row extends object = FoundRow>(sql: Sql, audit: SearchAudit) => {
      const { rows, audited } = await run(sql, audit)
      return { rows: rows as Row[], audited }
    },
  }
}

/** What each of these finds, all by one statement (`together`, `audited`): a row of values for each, in the place of its parameters. */
const togetherOf = async (
  database: Database,
  { name, text }: Readonly<{ name: string; text: string }>,
  asked: readonly Asked[],
): Promise<readonly Rows[]> => {
  const values = (asked[0]?.values ?? []).map((_, index) => texts(asked.map((one) => String(one.values[index]))))
  const audits = asked.flatMap(({ audit }) => audit ?? [])
  const found = await database.run<{ place: number; rank: number }>({
    name,
    text,
    values:
      audits.length === 0
        ? values
        : [
            ...values,
            ...auditArrays(audits.map(({ act }) => act)),
            texts(audits.map(({ act }) => act.query)),
            plain(audits.map(({ shown }) => shown)),
          ],
  })
  const answers: object[][] = asked.map(() => [])
  // With its place and rank: to take them out of each row takes longer than all else that is done here.
  for (const row of found) answers[row.place - 1]?.push(row)
  return answers
}

/** The first array is hidden from the planner, which would otherwise plan anew for each number of elements. */
const arraysOf = (size: number): string =>
  columnsOf(size)
    .map((column) => (column === 1 ? '(select $1::text[])' : `$${column}::text[]`))
    .join(', ')

const namesOf = (size: number): string =>
  columnsOf(size)
    .map((column) => `v${column}`)
    .join(', ')

const columnsOf = (size: number): readonly number[] => Array.from({ length: size }, (_, index) => index + 1)

const ofAsked = (text: string): string => text.replace(/\$(\d+)/g, 'asked.v$1')

const together = (text: string, size: number): string =>
  `select asked.place::integer, found.*
    from unnest(${arraysOf(size)}) with ordinality as asked (${namesOf(size)}, place)
    cross join lateral (${ofAsked(text)}) found
    order by asked.place, found.type, found.id`

/** The same, with a row of the audit log for each person who is shown to each of those who ask. */
const audited = (text: string, size: number): string => {
  const types = ['timestamptz', ...new Array<string>(7).fill('text'), 'integer']
  const arrays = types.map((type, index) => `$${size + index + 1}::${type}[]`).join(', ')
  const act = `${AUDIT_COLUMNS}, query`
  return `with asked as materialized (
      select * from unnest(${arraysOf(size)}, ${arrays}) with ordinality as asked (${namesOf(size)}, ${act}, shown, place)
    ), found as materialized (
      select asked.place::integer, row_number() over (partition by asked.place order by found.type, found.id)::integer as rank, found.*
      from asked cross join lateral (${ofAsked(text)}) found
    ), audited as (
      insert into audit_event (${AUDIT_COLUMNS}, outcome, patient, entities, query)
      select ${AUDIT_COLUMNS}, 'permit', found.patient,
        coalesce(array_agg(found.type || '/' || found.id order by found.rank) filter (where found.id is not null), '{}'), query
      from asked left join found on found.place = asked.place and found.rank <= asked.shown
      group by asked.place, ${act}, found.patient
    )
    select * from found order by place, rank`
}
