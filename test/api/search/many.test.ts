import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { type FhirRequest, issueKeys, startService, type TestService } from '../../support/service.ts'

let service: TestService
let gp: FhirRequest

const MANY = 10_001

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  await service.database.query(
    `insert into resource (type, id, version, last_updated, body)
      select 'Organization', 'many-' || n, 1, now(), '{"resourceType":"Organization","id":"many-' || n || '","name":"One of many"}'
      from generate_series(1, $1::integer) as n`,
    [MANY],
  )
})

afterAll(() => service.stop())

const search = (query: string) => gp<Bundle<FhirResource>>('GET', `/Organization?${query}`)

const outcomeOf = ({ entry = [] }: Bundle<FhirResource>): unknown[] =>
  entry.flatMap(({ resource, search }) => (search?.mode === 'outcome' ? issueKeys(resource) : []))

describe('more than anybody reads (lessons: a total that takes minutes)', () => {
  test('no more than 10,000 are counted: where there are more, no total is given, and that is said', async () => {
    const { status, body } = await search('_total=accurate&_count=1')
    expect([status, body.total]).toEqual([200, undefined])
    expect(outcomeOf(body)).toContain('total-not-counted')
    const none = await search('_count=1')
    expect([none.body.total, outcomeOf(none.body)]).toEqual([undefined, []])
  })

  test('a count of more than are counted is never told as one of nothing: that would read as "no plan"', async () => {
    await service.database.query(
      `insert into resource (type, id, version, last_updated, body) select 'Goal', id, 1, now(), '' from resource where type = 'Organization'`,
    )
    for (const asked of ['_summary=count', '_count=0']) {
      const { body } = await gp<Bundle<FhirResource>>('GET', `/Goal?${asked}`)
      expect([body.total, outcomeOf(body)]).toEqual([undefined, ['total-not-counted']])
    }
  })

  test('nor put in order: that is refused, and the order of ids goes on for ever', async () => {
    const refused = await search('_sort=name&_count=1')
    expect([refused.status, issueKeys(refused.body)]).toEqual([400, ['search-too-costly']])
    expect((await search('_count=1')).body.link?.map(({ relation }) => relation)).toContain('next')
  })
})
