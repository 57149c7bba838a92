/** How searches are answered where much is stored: each by an index, reading no more than it has to. Pages read are counted, not time. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { parseSearch } from '../../../src/search/query/parse.ts'
import { includeSql } from '../../../src/search/sql/include.ts'
import { searchSql, sortedSql } from '../../../src/search/sql/statement.ts'
import type { Sql } from '../../../src/search/sql.ts'
import { database, type TestDatabase } from '../../support/database.ts'
import { permitFor } from '../../support/permit.ts'

const PERSONS = 4_000
const NOW = new Date('2026-03-01T12:00:00Z')
/** An ambulance service: of every hundredth person it may see nothing. */
const PERMIT = permitFor({ kind: 'system', clientId: 'crew', role: 'ambulance', organization: 'Y', scopes: [] })
const KEEP = { name: 'kept', client: 'crew', now: NOW, until: new Date('2026-03-01T12:15:00Z'), most: 100 }

let stored: TestDatabase

/** Of each person: a Patient, a CarePlan, 4 Consents, 3 Goals, 2 Tasks; and what they are found by. */
const FILL = [
  `insert into person (id, sequence, custodian, jurisdiction, sharing)
    select 'p' || lpad(n::text, 6, '0'), 1, 'X', 'GB-SCT', case when n % 100 = 0 then 'withheld' else 'permitted' end from generate_series(1, ${PERSONS}) n`,
  `insert into resource (type, id, version, last_updated, patient, body)
    select type, case when type = 'Patient' then person.id else lower(left(type, 2)) || substr(person.id, 2) || '-' || number end, 1,
      timestamptz '2026-03-01 12:00:00Z' - substr(person.id, 2)::integer * interval '1 minute', person.id, repeat(md5(person.id), 20)
    from person, (values ('Patient', 1), ('CarePlan', 1), ('Consent', 4), ('Goal', 3), ('Task', 2)) as each (type, many), generate_series(1, many) as number`,
  `insert into search_reference (type, parameter, target_type, target_id, id)
    select type, parameter, 'Patient', patient, id from resource, (values ('patient'), ('subject')) as of (parameter) where type <> 'Patient'`,
  `insert into search_reference (type, parameter, target_type, target_id, id)
    select 'CarePlan', 'goal', 'Goal', 'go' || substr(id, 3), id from resource where type = 'CarePlan'`,
  `insert into search_reference (type, parameter, target_type, target_id, id)
    select 'Task', 'owner', 'Organization', 'o' || (substr(patient, 2)::integer % 40), id from resource where type = 'Task'`,
  `insert into search_token (type, parameter, code, system, id)
    select type, parameter, code, system, id from resource r cross join lateral (select substr(r.patient, 2)::integer as n) person, lateral (values
      ('Patient', 'identifier', 'number-' || r.patient, 'urn:number'), ('Patient', 'gender', case when n % 2 = 0 then 'female' else 'male' end, ''),
      ('CarePlan', 'status', case when n % 4 = 0 then 'draft' else 'active' end, ''),
      ('CarePlan', 'category', case when n % 4 = 1 or n = 3600 then 'emergency-care' else 'what-matters' end, 'urn:plan'),
      ('Consent', 'category', 'category-' || right(r.id, 1), 'urn:consent'), ('Goal', 'subject:identifier', 'number-' || r.patient, 'urn:number'),
      ('Task', 'status', case when n % 20 = 7 then 'requested' else 'completed' end, '')) as row (of, parameter, code, system)
    where r.type = of`,
  `insert into search_date (type, parameter, low, high, id)
    select type, case when type = 'Patient' then 'birthdate' else 'authored-on' end,
      day at time zone 'Europe/London', (day + interval '1 day') at time zone 'Europe/London', id
    from resource, lateral (select timestamp '1930-01-01' + substr(patient, 2)::integer * 7 % 20000 * interval '1 day' as day) of where type in ('Patient', 'Task')`,
  `insert into search_string (type, parameter, value, exact, id)
    select type, 'family', 'family' || (substr(id, 2)::integer % 50), 'x', id from resource where type = 'Patient'`,
  `insert into resource (type, id, version, last_updated, body) values ('Organization', 'practice', 1, now(), '')`,
  `insert into search_reference (type, parameter, target_type, target_id, id)
    select 'Patient', 'general-practitioner', 'Organization', 'practice', id from resource where type = 'Patient'`,
  'vacuum analyze',
]

beforeAll(async () => {
  stored = await database()
  for (const statement of FILL) await stored.query(statement)
})

afterAll(() => stored.drop())

const sqlOf = (query: string): Sql => {
  const [type = '', text = ''] = query.split('?')
  const parsed = parseSearch({
    types: [type],
    parameters: [...new URLSearchParams(text)],
    lenient: false,
    base: undefined,
    now: NOW,
    isBuilding: () => false,
  })
  return parsed.query.sort.length > 0 ? sortedSql(parsed.query, PERMIT, KEEP) : searchSql(parsed.query, PERMIT)
}

const idsOf = async ({ text, values }: Sql): Promise<string[]> =>
  (await stored.query<{ id: string | null }>(text, values)).flatMap(({ id }) => id ?? [])

type Plan = Readonly<{ 'QUERY PLAN': readonly [{ Plan: Record<string, number> }] }>

/** Pages of 8 kB that a statement looks at, wherever they are. */
const pagesRead = async ({ text, values }: Sql): Promise<number> => {
  const [row] = await stored.query<Plan>(`explain (analyze, buffers, format json) ${text}`, values)
  const plan = row?.['QUERY PLAN'][0].Plan ?? {}
  return (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0)
}

const seen = (type: string, where: string, order = 'r.id', most = 51): string =>
  `select r.id from resource r join person on person.id = r.patient where r.type = '${type}' and sharing = 'permitted' and ${where} order by ${order} limit ${most}`
const has = (code: string): string =>
  `exists (select from search_token t where t.id = r.id and t.type = r.type and t.code = '${code}')`

describe('each search reads what it needs, however much is stored (lessons: storage and speed)', () => {
  // What the search is to find, asked in the plainest way; and how many pages it may read. There are some 40,000 resources.
  test.each<[query: string, same: string, most: number]>([
    ['Patient?identifier=urn:number|number-p002001', seen('Patient', `r.id = 'p002001'`), 30],
    ['Patient?identifier=urn:number|number-p002000', seen('Patient', 'false'), 30],
    ['Patient?family=family1&birthdate=1968-05-08', seen('Patient', `r.id = 'p002001'`), 300],
    [
      'CarePlan?patient=p002001&status=active&category=urn:plan|emergency-care',
      seen('CarePlan', `patient = 'p002001'`),
      40,
    ],
    ['Consent?patient=p002001&category=urn:consent|category-3', seen('Consent', `r.id = 'co002001-3'`), 80],
    ['Goal?patient:identifier=urn:number|number-p002001', seen('Goal', `patient = 'p002001'`), 40],
    ['CarePlan?patient.identifier=urn:number|number-p002001', seen('CarePlan', `patient = 'p002001'`), 40],
    [
      'CarePlan?_lastUpdated=gt2026-03-01T11:20:00Z&_sort=_lastUpdated',
      seen('CarePlan', `last_updated > '2026-03-01T11:20:00Z'`, 'last_updated, r.id'),
      900,
    ],
    [
      'Task?owner=Organization/o7&status=requested&_sort=-authored-on&_count=10',
      seen(
        'Task',
        `substr(patient, 2)::integer % 40 = 7`,
        `(select low from search_date d where d.id = r.id) desc, r.id`,
        10,
      ),
      6_000,
    ],
    ['Task?patient=p002001&owner:below=Organization/o1', seen('Task', `patient = 'p002001'`), 60],
    [
      'Task?owner:below=Organization/o7&status=requested&_sort=-authored-on&_count=10',
      seen(
        'Task',
        `substr(patient, 2)::integer % 40 = 7`,
        `(select low from search_date d where d.id = r.id) desc, r.id`,
        10,
      ),
      6_000,
    ],
    // Many match: the first page is come upon.
    [
      'Patient?_has:CarePlan:patient:status=active&_count=50',
      seen('Patient', `substr(patient, 2)::integer % 4 <> 0`),
      2_500,
    ],
    ['CarePlan?status=active', seen('CarePlan', has('active')), 1_500],
    [
      'CarePlan?status=active&category=what-matters',
      seen('CarePlan', `${has('active')} and ${has('what-matters')}`),
      2_500,
    ],
    [
      'CarePlan?subject:Patient.gender=female&status=active',
      seen('CarePlan', `substr(patient, 2)::integer % 4 = 2`),
      4_000,
    ],
    ['CarePlan?status:not=active', seen('CarePlan', has('draft')), 3_000],
    // Few match, of conditions of which each matches many: they are brought together.
    ['CarePlan?status=draft&category=emergency-care', seen('CarePlan', `r.id = 'ca003600-1' and false`), 60_000],
    // None match.
    ['CarePlan?status=revoked', seen('CarePlan', 'false'), 30],
    ['Patient?_has:CarePlan:patient:status=revoked', seen('Patient', 'false'), 30],
  ])('%s', async (query, same, most) => {
    const sql = sqlOf(query)
    expect(await idsOf(sql)).toEqual((await stored.query<{ id: string }>(same)).map(({ id }) => id))
    await stored.query('delete from search_page')
    const pages = await pagesRead(sql)
    await stored.query('delete from search_page')
    expect([query, pages <= most ? 'few' : pages]).toEqual([query, 'few'])
  })

  test('what a plan refers to, and what refers to it', async () => {
    const whole = { parameter: undefined, target: undefined, iterate: false }
    const sql = includeSql(
      [
        { ...whole, reverse: false, type: 'CarePlan' },
        { ...whole, reverse: true, type: 'Task' },
      ],
      [{ type: 'CarePlan', id: 'ca002001-1' }],
      ['Goal', 'Patient', 'Task'],
      PERMIT,
    )
    expect((await idsOf(sql)).sort()).toEqual(['go002001-1', 'p002001'])
    expect(await pagesRead(sql)).toBeLessThan(60)
  })

  test('what leads to everybody by way of their practice ends where enough is found', async () => {
    const all = { type: undefined, parameter: undefined, target: undefined, iterate: true }
    const types = ['CarePlan', 'Consent', 'Goal', 'Organization', 'Patient', 'Task']
    const page = [{ type: 'CarePlan', id: 'ca002001-1' }]
    const sql = includeSql(
      [
        { ...all, reverse: false },
        { ...all, reverse: true },
      ],
      page,
      types,
      PERMIT,
    )
    expect(new Set(await idsOf(sql)).size).toBe(1_001)
    expect(await pagesRead(sql)).toBeLessThan(40_000)
  })
})
