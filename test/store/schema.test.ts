import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../src/search/query/parse.ts'
import { searchSql } from '../../src/search/sql/statement.ts'
import { openStore } from '../../src/store/store.ts'
import { permitFor } from '../support/permit.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
})

afterAll(() => service.stop())

type Index = { table: string; name: string; definition: string }

const indexes = (like: string): Promise<Index[]> =>
  service.database.query<Index>(
    `select tablename as table, indexname as name, indexdef as definition from pg_indexes
      where schemaname = 'public' and tablename like $1 order by indexname`,
    [like],
  )

describe('what is stored costs a write no more than it must (lessons: storage)', () => {
  test('the row of a resource has the indexes whose cost was weighed, and none reaches into the body', async () => {
    const found = await indexes('resource')
    expect(found.map(({ name }) => name)).toEqual(['resource_last_updated', 'resource_of_patient', 'resource_pkey'])
    for (const { definition } of await indexes('resource%')) expect(definition).not.toContain('body')
  })

  test('what resources are found by stands in narrow tables, a row a value: no lists, no documents, no other index than a B-tree', async () => {
    const columns = await service.database.query<{ table: string; name: string; type: string }>(
      `select table_name as table, column_name as name, data_type as type from information_schema.columns
        where table_schema = 'public' and table_name = any ($1) order by 1, ordinal_position`,
      [
        ['token', 'reference', 'string', 'date', 'number', 'quantity', 'uri', 'composite'].map(
          (kind) => `search_${kind}`,
        ),
      ],
    )
    expect(new Set(columns.map(({ table }) => table)).size).toBe(8)
    for (const { type } of columns) expect(['text', 'numeric', 'timestamp with time zone']).toContain(type)
    const tables = [...new Set(columns.map(({ table }) => table))]
    for (const table of tables) {
      const found = await indexes(table)
      // One that answers a search alone, and one by which the rows of a resource are found.
      expect([table, found.length]).toEqual([table, 2])
      for (const { definition } of found) expect(definition).toContain('USING btree')
    }
  })

  test('a deletion takes the current row and all that it is found by away, and is told from the history', async () => {
    const { body } = await gp('POST', '/Organization', {
      resourceType: 'Organization',
      identifier: [{ system: 'urn:keyplan:test', value: 'soon-gone' }],
      name: 'Soon gone',
    })
    const rows = async (): Promise<Record<string, number>> => {
      const [row] = await service.database.query<Record<string, number>>(
        `select (select count(*)::integer from resource where id = $1) as current,
          (select count(*)::integer from search_token where id = $1) as tokens,
          (select count(*)::integer from search_string where id = $1) as strings,
          (select count(*)::integer from resource_history where id = $1) as history`,
        [body.id],
      )
      return row as Record<string, number>
    }
    expect(await rows()).toMatchObject({ current: 1, tokens: expect.any(Number), history: 0 })
    expect((await rows())['tokens']).toBeGreaterThan(0)
    expect((await gp('DELETE', `/Organization/${body.id}`)).status).toBe(204)
    expect(await rows()).toEqual({ current: 0, tokens: 0, strings: 0, history: 2 })
    expect((await gp('GET', `/Organization/${body.id}`)).status).toBe(410)
  })
})

describe('how a search is planned (lessons: cached generic plans)', () => {
  const sqlOf = (parameters: string) =>
    searchSql(
      parseSearch({
        types: ['CarePlan'],
        parameters: [...new URLSearchParams(parameters)],
        lenient: false,
        base: undefined,
        now: new Date(),
        isBuilding: () => false,
      }).query,
      permitFor({ kind: 'internal', task: 'test' }),
    )

  test('for its own values, however often it comes; a plan is kept only of one that begins with what few can match', async () => {
    const store = await openStore(service.database.url)
    try {
      for (let time = 0; time < 5; time++) {
        await store.search(sqlOf('status=active'))
        await store.search(sqlOf('patient=nobody'))
      }
      // One after the other, all of these went over one connection, and so does this.
      const kept = await store.search<{ statement: string }>({
        text: 'select statement from pg_prepared_statements',
        values: [],
      })
      expect(kept.filter(({ statement }) => statement === sqlOf('patient=nobody').text)).toHaveLength(1)
      expect(kept.filter(({ statement }) => statement.includes('search_token'))).toEqual([])
    } finally {
      await store.close()
    }
  })
})
