/** Searching hierarchies (http://hl7.org/fhir/R4/search.html#recursive): what is part of what, by references of a type to itself. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { person, register, submit } from '../../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../../support/service.ts'
import { idsOf, linkOf, storeAll } from './stage.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

const organization = (id: string, partOf?: string): FhirResource => ({
  resourceType: 'Organization',
  id,
  name: id,
  ...(partOf === undefined ? {} : { partOf: { reference: `Organization/${partOf}` } }),
})
const task = (id: string, patient: string, partOf?: string): FhirResource => ({
  resourceType: 'Task',
  id,
  status: 'requested',
  intent: 'plan',
  for: { reference: `Patient/${patient}` },
  owner: { reference: id === 'task-c' ? 'Organization/ward' : 'Organization/board' },
  ...(partOf === undefined ? {} : { partOf: [{ reference: `Task/${partOf}` }] }),
})

const matches = async (as: FhirRequest, query: string): Promise<string[]> => {
  const { status, body, text } = await as<Bundle>('GET', `/${query}`)
  expect([query, status, status === 200 ? '' : text]).toEqual([query, 200, ''])
  return idsOf(body).sort()
}

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  const margaret = await register(gp, person('margaret'))
  const someone = person('objection')
  const objector = await register(gp, someone)
  const stored = [
    organization('board'),
    organization('hospital', 'board'),
    organization('ward', 'hospital'),
    organization('elsewhere'),
    organization('round', 'trip'),
    organization('trip', 'round'),
    task('task-a', margaret),
    // Between two of one person, one of somebody else's.
    task('task-b', objector, 'task-a'),
    task('task-c', margaret, 'task-b'),
  ]
  const { status, text } = await storeAll(gp, stored)
  expect([status, status === 200 ? '' : text]).toEqual([200, ''])
  for (const conversation of someone.conversations) await submit(gp, objector, conversation)
})

afterAll(() => service.stop())

describe(':above and :below follow a hierarchy, whatever its depth (search.html#recursive)', () => {
  test.each([
    ['Organization?partof:below=board', ['hospital', 'ward']],
    ['Organization?partof:below=Organization/hospital', ['ward']],
    ['Organization?partof:below={base}/Organization/board', ['hospital', 'ward']],
    ['Organization?partof:below=ward', []],
    ['Organization?partof:below=hospital,Organization/none', ['ward']],
    ['Organization?partof:above=ward', ['hospital', 'ward']],
    ['Organization?partof:above=board', ['hospital']],
    ['Organization?partof:above=ward&name=h', ['hospital']],
    ['Task?owner:below=board', ['task-a', 'task-b', 'task-c']],
    ['Task?owner:below=Organization/hospital', ['task-c']],
    ['Task?owner:above=hospital', ['task-a', 'task-b']],
    ['Task?owner:below=elsewhere', []],
    ['Task?owner:below=board&status=requested&patient:missing=false', ['task-a', 'task-b', 'task-c']],
    ['Task?part-of:below=task-a', ['task-b', 'task-c']],
    ['Task?part-of:above=task-c', ['task-b', 'task-c']],
    ['Task?part-of.owner:below=board', ['task-b', 'task-c']],
    ['Organization?_has:Task:owner:owner:below=hospital', ['ward']],
  ])('%s', async (query, ids) => {
    expect(await matches(gp, query.replace('{base}', `${service.baseUrl}/fhir`))).toEqual(ids)
  })

  test('a circle ends: each of it is above and below the others, and itself', async () => {
    expect(await matches(gp, 'Organization?partof:below=round')).toEqual(['round', 'trip'])
    expect(await matches(gp, 'Organization?partof:above=trip')).toEqual(['round', 'trip'])
  })

  test('with an order, a total, and pages by the link', async () => {
    const { body } = await gp<Bundle>('GET', '/Task?owner:below=board&_sort=-_id&_count=2&_total=accurate')
    expect([body.total, idsOf(body)]).toEqual([3, ['task-c', 'task-b']])
    expect(idsOf((await gp<Bundle>('GET', linkOf(body, 'next') as string)).body)).toEqual(['task-a'])
    const first = (await gp<Bundle>('GET', '/Task?owner:below=board&_count=2')).body
    expect(idsOf((await gp<Bundle>('GET', linkOf(first, 'next') as string)).body)).toEqual(['task-c'])
  })
})

describe('what the caller may not see leads nowhere (lessons: access)', () => {
  test('neither down nor up over what is withheld', async () => {
    expect(await matches(crew, 'Task?part-of:below=task-a')).toEqual([])
    expect(await matches(crew, 'Task?part-of:above=task-c')).toEqual(['task-c'])
    expect(await matches(crew, 'Task?part-of:above=task-b')).toEqual(['task-c'])
    expect(await matches(crew, 'Task?part-of:above=task-b&_total=accurate&_sort=_id')).toEqual(['task-c'])
  })

  test('to follow a hierarchy is to search in it: it needs the scope s', async () => {
    const query = '/Task?owner:below=board'
    const tasks = await service.fhir('gp-practice', 'system/Task.rs')
    const refused = await tasks('GET', query)
    expect([refused.status, issueKeys(refused.body)]).toEqual([403, ['scope-missing']])
    const both = await service.fhir('gp-practice', 'system/Task.rs system/Organization.s')
    expect((await both('GET', query)).status).toBe(200)
  })
})
