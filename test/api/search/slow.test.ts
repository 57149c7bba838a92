import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Organization } from 'fhir/r4.js'
import pg from 'pg'
import { type FhirRequest, issueKeys, startService, type TestService } from '../../support/service.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
})

afterAll(() => service.stop())

describe('searches that take longer than anybody waits', () => {
  test('are ended and told so, and keep nobody waiting who reads or writes', async () => {
    const sorted = () => gp('GET', '/Organization?_sort=name')
    const holder = new pg.Client({ connectionString: service.database.url, application_name: 'test' })
    await holder.connect()
    try {
      // Sorted searches keep their order in this table, and nothing else needs it.
      await holder.query('begin')
      await holder.query('lock table search_page in access exclusive mode')
      const searches = Promise.all(Array.from({ length: 20 }, sorted))
      const created = await gp<Organization>('POST', '/Organization', { resourceType: 'Organization', name: 'New' })
      const read = await gp('GET', `/Organization/${created.body.id}`)
      expect([created.status, read.status]).toEqual([201, 200])
      const answers = (await searches).map(({ status, body }) => `${status} ${issueKeys(body).join()}`)
      // Those for which there was no connection are told that instead.
      expect([...new Set(answers)].sort()).toEqual(['503 database-unavailable', '503 search-too-slow'])
    } finally {
      await holder.query('rollback')
      await holder.end()
    }
    expect((await sorted()).status).toBe(200)
  }, 60_000)
})
