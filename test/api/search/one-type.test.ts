/** An id alone, where a reference may be to several types (search.html#reference): it finds, unless it leads to resources of several. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, OperationOutcome } from 'fhir/r4.js'
import { person, register, submit } from '../../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../../support/service.ts'
import { statements } from '../../support/statements.ts'
import { idsOf, storeAll } from './stage.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

const task = (id: string, patient: string, owner: string): FhirResource => ({
  resourceType: 'Task',
  id,
  status: 'requested',
  intent: 'plan',
  for: { reference: `Patient/${patient}` },
  owner: { reference: owner },
})

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  const margaret = await register(gp, person('margaret'))
  const someone = person('objection')
  const objector = await register(gp, someone)
  const { status, text } = await storeAll(gp, [
    ...['twice', 'once', 'unseen'].map((id) => ({ resourceType: 'Organization', id, name: id })),
    ...['twice', 'unseen'].map((id) => ({ resourceType: 'Practitioner', id })),
    task('task-a', margaret, 'Organization/twice'),
    task('task-b', margaret, 'Practitioner/twice'),
    task('task-c', margaret, 'Organization/once'),
    task('task-d', margaret, 'Organization/unseen'),
    task('task-e', objector, 'Practitioner/unseen'),
  ])
  expect([status, text]).toEqual([200, text])
  for (const conversation of someone.conversations) await submit(gp, objector, conversation)
})
afterAll(() => service.stop())

const found = async (client: FhirRequest, query: string): Promise<string[]> => {
  const { status, body, text } = await client<Bundle>('GET', `/${query}`)
  expect([query, status, status === 200 ? '' : text]).toEqual([query, 200, ''])
  return idsOf(body).sort()
}

const AMBIGUOUS = [400, ['reference-ambiguous'], ['owner']]
const refused = async (answer: ReturnType<FhirRequest>) => {
  const { status, body } = await answer
  return [status, issueKeys(body), (body as OperationOutcome).issue?.[0]?.expression]
}

test('an id that leads to resources of several types is refused, and it is said which they are', async () => {
  expect(await refused(gp('GET', '/Task?owner=twice'))).toEqual(AMBIGUOUS)
  const { text } = await gp('GET', '/Task?owner=once,twice')
  expect(text).toContain('Organization, Practitioner')
  expect(await refused(gp('GET', '/Patient?_has:Task:patient:owner=twice'))).toEqual(AMBIGUOUS)
  const condition = { 'If-None-Exist': 'owner=twice' }
  const made = { resourceType: 'Task', status: 'requested', intent: 'plan', owner: { reference: 'Organization/once' } }
  expect((await refused(gp('POST', '/Task', made, condition)))[1]).toEqual(['reference-ambiguous'])
})

test('with its type it is found', async () => {
  for (const query of ['owner=Organization/twice', 'owner:Organization=twice'])
    expect([query, await found(gp, `Task?${query}`)]).toEqual([query, ['task-a']])
  expect(await found(gp, 'Task?owner:Practitioner=twice')).toEqual(['task-b'])
})

test('an id that leads to one type, or to none, needs no type', async () => {
  expect(await found(gp, 'Task?owner=once')).toEqual(['task-c'])
  expect(await found(gp, 'Task?owner=nobody')).toEqual([])
})

test('what may not be seen does not count: it would be told by the refusal', async () => {
  expect(await refused(gp('GET', '/Task?owner=unseen'))).toEqual(AMBIGUOUS)
  expect(await found(crew, 'Task?owner=unseen')).toEqual(['task-d'])
})

test('it costs a statement where no type is said', async () => {
  const costs = (query: string) => statements(service, () => gp('GET', `/Task?${query}`))
  expect((await costs('owner=once')) - (await costs('owner=Organization/once'))).toBe(1)
})
