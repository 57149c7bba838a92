import pg from 'pg'
import type { RequestContext } from '../../src/context.ts'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { search } from '../../src/records/searching/search.ts'
import type { Sql } from '../../src/search/sql.ts'
import { openStore } from '../../src/store/store.ts'
import { median } from '../figures.ts'
import type { Shape, Subject } from './shapes.ts'

/** What PostgreSQL does for one request of a shape: medians over those that were looked at, all statements of a request together. */
export type Plan = Readonly<{
  /** Pages of 8 kB that are looked at, in PostgreSQL's memory or not. */
  buffers: number
  planningMs: number
  executionMs: number
  /** Tables of more than a few pages that are read from one end to the other; none where an index serves everything. */
  scanned: readonly string[]
}>

type Node = Readonly<{
  'Node Type': string
  'Relation Name'?: string
  'Shared Hit Blocks'?: number
  'Shared Read Blocks'?: number
  'Actual Loops'?: number
  Plans?: readonly Node[]
}>
type Explained = Readonly<{ Plan: Node; 'Planning Time': number; 'Execution Time': number }>

/** A table of no more pages is quickest read whole. */
const FEW_PAGES = 8

export type Plans = Readonly<{ of(shape: Shape, subjects: readonly Subject[]): Promise<Plan>; close(): Promise<void> }>

/** Has the records answer searches, and the database explain each statement that they send for it, with its values. */
export const openPlans = async (url: string, organization: string): Promise<Plans> => {
  const store = await openStore(url)
  await store.reindex.look(searchDefinitions().version)
  const client = new pg.Client({ connectionString: url })
  await client.connect()

  const statementsOf = async ({ type, parameters }: Shape, subject: Subject): Promise<readonly Sql[]> => {
    const sent: Sql[] = []
    const listening: typeof store = {
      ...store,
      search: (sql) => {
        sent.push(sql)
        return store.search(sql)
      },
      searchAudited: (sql, audit) => {
        sent.push(sql)
        return store.searchAudited(sql, audit)
      },
    }
    await search(listening, contextOf(organization), { types: [type], parameters: parameters(subject) })
    if (sent.length === 0) throw new Error(`No statement was seen of a search for ${type}.`)
    return sent
  }

  const explain = async ({ text, values, steady = false }: Sql): Promise<Explained> => {
    // As the store has it planned: once for all values, or for these. It keeps the order of a sorted search under the name that it had, and not to stay.
    await client.query(
      `begin; delete from search_page; set local plan_cache_mode = ${steady ? 'force_generic_plan' : 'force_custom_plan'}; prepare explained as ${text}`,
    )
    const { rows } = await client
      .query<{ 'QUERY PLAN': readonly [Explained] }>(
        `explain (analyze, buffers, format json) execute explained (${values.map(literal).join(', ')})`,
      )
      .finally(() => client.query('rollback; deallocate all'))
    return (rows[0] as { 'QUERY PLAN': readonly [Explained] })['QUERY PLAN'][0]
  }

  return {
    async of(shape, subjects) {
      const all: (readonly Explained[])[] = []
      for (const subject of subjects) {
        const explained: Explained[] = []
        for (const sql of await statementsOf(shape, subject)) explained.push(await explain(sql))
        all.push(explained)
      }
      const middle = (of: (one: Explained) => number): number =>
        median(all.map((explained) => explained.reduce((sum, one) => sum + of(one), 0)))
      return {
        buffers: middle(({ Plan }) => pagesOf(Plan)),
        planningMs: middle((one) => one['Planning Time']),
        executionMs: middle((one) => one['Execution Time']),
        scanned: [...new Set(all.flat().flatMap(({ Plan }) => scannedIn(Plan)))],
      }
    },
    async close() {
      await client.end()
      await store.close()
    },
  }
}

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.map((one) => JSON.stringify(one)).join()}}`)
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
}

const pagesOf = (node: Node): number => (node['Shared Hit Blocks'] ?? 0) + (node['Shared Read Blocks'] ?? 0)

const scannedIn = (node: Node): readonly string[] => [
  // How many orders are kept has nothing to do with how much is stored.
  ...(node['Node Type'] === 'Seq Scan' &&
  node['Relation Name'] !== 'search_page' &&
  pagesOf(node) > FEW_PAGES * (node['Actual Loops'] ?? 1)
    ? [node['Relation Name'] ?? '']
    : []),
  ...(node.Plans ?? []).flatMap(scannedIn),
]

const contextOf = (organization: string): RequestContext => ({
  requestId: 'bench',
  caller: { kind: 'system', clientId: 'gp-practice', role: 'gp-practice', organization, scopes: ['system/*.cruds'] },
  purpose: 'care',
  now: new Date(),
})
