/** Searches that are asked at the same time and differ in their values alone go as one statement, and each gets what it asked for. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../src/search/query/parse.ts'
import { searchSql } from '../../src/search/sql/statement.ts'
import type { Sql } from '../../src/search/sql.ts'
import { type Database, openDatabase } from '../../src/store/database/database.ts'
import type { ResourceRow } from '../../src/store/resources/resources.ts'
import type { FoundRow } from '../../src/store/resources/searches.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { database, type TestDatabase } from '../support/database.ts'
import { permitFor } from '../support/permit.ts'

const PERSONS = 60
const NOW = new Date('2026-03-01T12:00:00Z')

/** Of every third person sharing is withheld: half of these are of the organisation X, and half of Y. */
const FILL = [
  `insert into person (id, sequence, custodian, jurisdiction, sharing)
    select 'p' || n, 1, case when n % 2 = 0 then 'X' else 'Y' end, 'GB-SCT', case when n % 3 = 0 then 'withheld' else 'permitted' end
    from generate_series(1, ${PERSONS}) n`,
  `insert into resource (type, id, version, last_updated, patient, body)
    select 'CarePlan', 'c' || number || '-' || person.id, 1, timestamptz '2026-03-01 12:00:00Z', person.id, 'plan ' || number || ' of ' || person.id
    from person, generate_series(1, 5) as number`,
  `insert into search_reference (type, parameter, target_type, target_id, id)
    select type, 'subject', 'Patient', patient, id from resource`,
  `insert into search_token (type, parameter, code, system, id)
    select type, 'status', case when id like 'c1%' then 'draft' else 'active' end, '', id from resource`,
  `insert into search_date (type, parameter, low, high, id)
    select type, 'date', timestamptz '2026-01-01', timestamptz '2026-01-02', id from resource where id like 'c2%'`,
  'vacuum analyze',
]

let stored: TestDatabase
let store: Store
/** Asks each by itself, planned for its values. */
let plain: Database

beforeAll(async () => {
  stored = await database()
  for (const statement of FILL) await stored.query(statement)
  store = await openStore(stored.url)
  plain = openDatabase(stored.url, { connections: 2 })
})

afterAll(async () => {
  await store.close()
  await plain.close()
  await stored.drop()
})

const sqlOf = (organization: string, parameters: string): Sql =>
  searchSql(
    parseSearch({
      types: ['CarePlan'],
      parameters: [...new URLSearchParams(parameters)],
      lenient: false,
      base: undefined,
      now: NOW,
      isBuilding: () => false,
    }).query,
    permitFor({ kind: 'system', clientId: organization, role: 'hospital', organization, scopes: [] }),
  )

/** What is asked often enough to have a name. */
const familiar = async (sql: Sql): Promise<void> => {
  for (let time = 0; time < 3; time++) await store.search(sql)
}

/** A row as it is told to who asks alone: without its place among those who asked together. */
const asAlone = (row: FoundRow): FoundRow => {
  const { place: _, ...rest } = row as FoundRow & { place?: number }
  return rest
}

const persons = Array.from({ length: PERSONS }, (_, index) => `p${index + 1}`)

describe('searches at the same time', () => {
  test.each([
    ['', ''],
    ['', '&_count=2'],
    ['', '&status=active'],
    ['', '&status=active&date=ge2025-12-31'],
    ['Patient/', '&status:not=draft&_lastUpdated=le2026-03-02'],
  ])('of %s<person>%s: each organisation sees what it sees alone, in the same order', async (type, more) => {
    const asked = persons.flatMap((person) =>
      ['X', 'Y', 'Z'].map((organization) => sqlOf(organization, `patient=${type}${person}${more}`)),
    )
    const alone = await Promise.all(asked.map(({ text, values }) => plain.run<ResourceRow>({ text, values })))
    const found = alone.map((rows) => rows.length)
    expect(found).toContain(0)
    expect(Math.max(...found)).toBeGreaterThan(0)

    await familiar(asked[0] as Sql)
    const before = store.statements()
    const together = await Promise.all(asked.map((sql) => store.search(sql)))
    expect(together.map((rows) => rows.map(asAlone))).toEqual(alone)
    expect(store.statements() - before).toBeLessThan(asked.length / 2)
  })

  test('of which one cannot be answered: that one fails, and no other', async () => {
    const sql = (value: string): Sql => ({
      text: `select 'CarePlan' as type, $1 || '' as id, $1::integer + 1 as next`,
      values: [value],
      steady: true,
      joins: true,
    })
    await familiar(sql('1'))
    const answers = await Promise.allSettled(['1', 'x', '2', '3'].map((value) => store.search(sql(value))))
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(answers[3]).toMatchObject({ value: [{ id: '3', next: 4 }] })
  })
})

describe('searches that are audited by their own statement', () => {
  const audited = async (requestId: string): Promise<(readonly [string | null, string])[]> =>
    (
      await stored.query<{ patient: string | null; entities: string[]; query: string; outcome: string }>(
        'select patient, entities, query, outcome from audit_event where request_id = $1 order by id',
        [requestId],
      )
    ).map(({ patient, entities, query, outcome }) => [patient, `${outcome} ${query} ${entities.join()}`] as const)

  const ask = (requestId: string, sql: Sql, shown: number) =>
    store.searchAudited(sql, {
      act: {
        recorded: NOW,
        requestId,
        client: 'gp-practice',
        organization: 'X',
        role: 'gp-practice',
        purpose: 'care',
        interaction: 'search',
        query: 'CarePlan?patient',
      },
      shown,
    })

  test('each has a row for the person whom it shows, with what it shows and no more, or one of nobody', async () => {
    await familiar(sqlOf('X', 'patient=p1&_count=2'))
    const answers = await Promise.all(
      persons.map(async (person) => {
        const { rows, audited: isAudited } = await ask(`of ${person}`, sqlOf('X', `patient=${person}&_count=2`), 2)
        expect(isAudited).toBe(true)
        return [person, rows.slice(0, 2).map(({ type, id }) => `${type}/${id}`)] as const
      }),
    )
    expect(answers.filter(([, shown]) => shown.length === 0).length).toBeGreaterThan(5)
    for (const [person, shown] of answers) {
      expect(await audited(`of ${person}`)).toEqual([
        [shown.length === 0 ? null : person, `permit CarePlan?patient ${shown.join()}`],
      ])
    }
  })

  test('one that nobody asked before is not audited by itself, and says so', async () => {
    const { audited: isAudited } = await ask('rare', sqlOf('X', 'patient=p1&_count=7&date=ge2025'), 7)
    expect([isAudited, await audited('rare')]).toEqual([false, []])
  })
})
