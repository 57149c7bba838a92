/** One resource is held against the query part of a scope in memory (`search/holds.ts`), many in SQL (`search/sql/within.ts`): both say the same. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { stamp, written } from '../../src/records/writing/write.ts'
import { holds, type Subject } from '../../src/search/holds.ts'
import { scopeConditions } from '../../src/search/scope-query.ts'
import { inScope } from '../../src/search/sql/within.ts'
import { openStore, type Store } from '../../src/store/store.ts'
import { database, type TestDatabase } from '../support/database.ts'

const AT = new Date('2026-03-01T12:00:00.500Z')
const CODES = ['a', 'b', 'A', 'a|b', ''] as const
const SYSTEMS = ['http://one.example', 'http://two.example', undefined] as const
const TEXTS = ['Margaret', 'margaret Mac', 'Élan', '50%', 'a_b', 'A,B'] as const
const DATES = [
  '2026',
  '2026-03',
  '2026-03-01',
  '2026-03-01T12:00:00Z',
  '2026-03-01T12:00:00.500Z',
  '2025-06-30',
] as const
const NUMBERS = [5, 5.4, -2, 0, 100, 99.6, 1e21, 1234567890123456] as const
const URIS = [
  'http://one.example/a',
  'http://one.example/a/b',
  'http://one.example/ab',
  'urn:x',
  'http://one.example/a/',
] as const

const some = <Value>(values: readonly Value[]): fc.Arbitrary<Value> => fc.constantFrom(...values)
const maybe = <Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> =>
  fc.option(arbitrary, { nil: undefined, freq: 3 })

const coding = fc.record({ system: some(SYSTEMS), code: some(CODES.slice(0, 4)), display: maybe(some(TEXTS)) })
const concept = fc.record({ coding: fc.array(coding, { maxLength: 2 }), text: maybe(some(TEXTS)) })
const quantity = fc.record({
  value: some(NUMBERS),
  comparator: maybe(some(['<', '>='] as const)),
  unit: maybe(some(['kg', 'stone'])),
  system: maybe(some(['http://unitsofmeasure.org'])),
  code: maybe(some(['kg'])),
})
const subject = some([
  { reference: 'Patient/p1' },
  { reference: 'Patient/p2' },
  { reference: 'https://elsewhere.example/Patient/p1' },
  { identifier: { system: 'http://one.example', value: 'a' } },
])
const meta = maybe(
  fc.record({
    tag: fc.array(coding, { maxLength: 2 }),
    profile: fc.array(some(URIS), { maxLength: 2 }),
    source: maybe(some(URIS)),
  }),
)
const observation = fc.record({
  resourceType: fc.constant('Observation' as const),
  meta,
  status: some(['final', 'amended']),
  category: fc.array(concept, { maxLength: 2 }),
  code: concept,
  subject: maybe(subject),
  effectiveDateTime: maybe(some(DATES)),
  valueQuantity: maybe(quantity),
  component: fc.array(fc.record({ code: concept, valueCodeableConcept: maybe(concept) }), { maxLength: 2 }),
})
const dated = fc.record({
  resourceType: fc.constant('Observation' as const),
  code: concept,
  valueDateTime: maybe(some(DATES)),
  valueString: maybe(some(TEXTS)),
})
const carePlan = fc.record({
  resourceType: fc.constant('CarePlan' as const),
  meta,
  status: some(['draft', 'active', 'revoked']),
  category: fc.array(concept, { maxLength: 2 }),
  subject: maybe(subject),
  period: maybe(fc.record({ start: maybe(some(DATES)), end: maybe(some(DATES)) })),
})
const organization = fc.record({
  resourceType: fc.constant('Organization' as const),
  active: maybe(fc.boolean()),
  name: maybe(some(TEXTS)),
  identifier: fc.array(fc.record({ type: maybe(concept), system: some(SYSTEMS), value: some(['a', 'b']) }), {
    maxLength: 2,
  }),
})

/** A value as it stands in a scope: what a URL would misread is written in percent signs. */
const value = encodeURIComponent
const escaped = (text: string): string => text.replace(/[\\,|$]/g, '\\$&')
const token = fc
  .tuple(some(SYSTEMS), some(CODES), fc.boolean())
  .filter(([system, code, bare]) => code !== '' || (system !== undefined && !bare))
  .map(([system, code, bare]) => (bare ? escaped(code) : `${system ?? ''}|${escaped(code)}`))
  .filter((text) => text !== '|')
const prefix = some(['', 'eq', 'ne', 'gt', 'lt', 'ge', 'le', 'sa', 'eb'])
const date = fc.tuple(prefix, some(DATES)).map((parts) => parts.join(''))
const amount = fc
  .tuple(
    fc.oneof(prefix, fc.constant('ap')),
    some(['5', '5.4', '100', '-2', '1e21', '0.0', '1234567890123456']),
    some(['', '||kg', '||stone', '|http://unitsofmeasure.org|kg']),
  )
  .map((parts) => parts.join(''))
const text = some(TEXTS).map(escaped)
const or = (one: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(one, { minLength: 1, maxLength: 2 }).map((all) => all.join(','))
const parameter = (names: readonly string[], values: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(some(names), values).map(([name, one]) => `${name}=${value(one)}`)
const missing = (names: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(some(names), fc.boolean()).map(([name, is]) => `${name}:missing=${is}`)

const ANY = fc.oneof(
  parameter(['_tag', '_tag:not'], or(token)),
  parameter(['_profile', '_source', '_profile:above', '_source:below', '_profile:below'], or(some(URIS))),
  parameter(['_id', '_id:not'], or(fc.integer({ min: 0, max: 59 }).map((number) => `r${number}`))),
  parameter(['_lastUpdated'], or(date)),
  missing(['_tag', '_profile', '_id']),
)
const QUERIES = {
  Observation: fc.oneof(
    ANY,
    parameter(['category', 'category:not', 'code', 'code:not', 'status', 'combo-code'], or(token)),
    parameter(['category:text', 'code:text'], or(text)),
    parameter(['subject', 'patient', 'subject:Patient'], or(some(['Patient/p1', 'p2', 'p3']))),
    parameter(['subject'], some(['https://elsewhere.example/Patient/p1'])),
    parameter(['subject:identifier'], or(token)),
    parameter(['date'], or(date)),
    parameter(['value-quantity'], or(amount)),
    parameter(
      ['code-value-quantity'],
      fc.tuple(token, amount).map(([code, one]) => `${code}$${one}`),
    ),
    parameter(
      ['code-value-date'],
      fc.tuple(token, date).map(([code, one]) => `${code}$${one}`),
    ),
    parameter(
      ['code-value-string'],
      fc.tuple(token, text).map(([code, one]) => `${code}$${one}`),
    ),
    parameter(
      ['component-code-value-concept'],
      fc.tuple(token, token).map(([code, one]) => `${code}$${one}`),
    ),
    missing(['category', 'code', 'subject', 'date', 'value-quantity', 'code-value-date']),
  ),
  CarePlan: fc.oneof(
    ANY,
    parameter(['category', 'status', 'status:not'], or(token)),
    parameter(['date'], or(date)),
    parameter(['patient'], or(some(['p1', 'Patient/p2']))),
    missing(['date', 'category', 'patient']),
  ),
  Organization: fc.oneof(
    ANY,
    parameter(['name', 'name:exact', 'name:contains'], or(text)),
    parameter(['active'], some(['true', 'false'])),
    parameter(['identifier', 'identifier:not'], or(token)),
    parameter(
      ['identifier:of-type'],
      fc.tuple(some(SYSTEMS.slice(0, 2)), some(['a', 'b']), some(['a', 'b'])).map((parts) => parts.join('|')),
    ),
    missing(['name', 'identifier']),
  ),
}
const TYPES = ['Observation', 'CarePlan', 'Organization'] as const
type Type = (typeof TYPES)[number]
const queryOf = (type: Type): fc.Arbitrary<string> =>
  fc.array(QUERIES[type], { minLength: 1, maxLength: 2 }).map((all) => all.join('&'))

let stored: TestDatabase
let store: Store
const subjects: Subject[] = []

beforeAll(async () => {
  stored = await database()
  store = await openStore(stored.url)
  const resources = fc.sample(fc.oneof(observation, observation, dated, carePlan, organization), {
    numRuns: 60,
    seed: 20_260_301,
  })
  const rows = resources.map((resource, index) => {
    // As JSON has it: what is undefined is not there.
    const plain = JSON.parse(JSON.stringify(resource))
    return written(stamp(plain, `r${index}`, 1, new Date(AT.getTime() + index * 250)), {
      expected: 0,
      version: 1,
      patient: null,
      organization: '',
    })
  })
  await store.commit({
    at: AT,
    definitions: searchDefinitions().version,
    organization: null,
    resources: rows,
    persons: [],
    mustExist: [],
    audit: { requestId: 'r', client: 'test', role: 'keyplan', purpose: 'care', interaction: 'test', touched: [] },
  })
  const instants = await stored.query<{ id: string; at: Date }>(
    'select id, last_updated::timestamptz as at from resource',
  )
  const at = new Map(instants.map((row) => [row.id, new Date(row.at).toISOString()]))
  for (const { type, id, values } of rows) subjects.push({ type, id, lastUpdated: at.get(id) as string, values })
})

afterAll(async () => {
  await store.close()
  await stored.drop()
})

const inMemory = (type: Type, queries: readonly string[]): string[] =>
  subjects
    .filter(
      (one) =>
        one.type !== type ||
        queries.some((query) => scopeConditions(type, query).every((condition) => holds(condition, one))),
    )
    .map(({ id }) => id)
    .sort()

const inSql = async (type: Type, queries: readonly string[]): Promise<string[]> => {
  const values: unknown[] = []
  const where = inScope(new Map([[type, queries]]), (one) => `$${values.push(one)}`, 'r')
  const rows = await stored.query<{ id: string }>(`select id from resource r where ${where}`, values)
  return rows.map(({ id }) => id).sort()
}

describe('the query part of a scope, held against 60 resources', () => {
  test('lets through the same in memory and in SQL, and both yes and no come', async () => {
    let through = 0
    let all = 0
    await fc.assert(
      fc.asyncProperty(
        some(TYPES).chain((type) =>
          fc.tuple(fc.constant(type), fc.array(queryOf(type), { minLength: 1, maxLength: 2 })),
        ),
        async ([type, queries]) => {
          const told = inMemory(type, queries)
          expect(told).toEqual(await inSql(type, queries))
          const ofType = new Set(subjects.filter((one) => one.type === type).map(({ id }) => id))
          through += told.filter((id) => ofType.has(id)).length
          all += ofType.size
        },
      ),
      { numRuns: 400 },
    )
    expect(through / all).toBeGreaterThan(0.05)
    expect(through / all).toBeLessThan(0.95)
  })

  test('says nothing of other types', async () => {
    expect(await inSql('CarePlan', ['_id=nobody'])).toEqual(inMemory('CarePlan', ['_id=nobody']))
    expect(await inSql('CarePlan', ['_id=nobody'])).toEqual(
      subjects
        .filter(({ type }) => type !== 'CarePlan')
        .map(({ id }) => id)
        .sort(),
    )
  })
})
