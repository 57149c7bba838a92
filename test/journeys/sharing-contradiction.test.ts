import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Consent, Task } from 'fhir/r4.js'
import { EXTENSION, type SharingDecision, SYSTEM } from '../../src/plan/codes.ts'
import { emergencyView, outcomeOf, person, register } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
const someone = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, someone)
})

afterAll(() => service.stop())

const decision = (code: SharingDecision, more: object = {}) => ({
  resourceType: 'Consent',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: 'sharing-decision' }] }],
  extension: [{ url: EXTENSION.sharingDecision, valueCode: code }],
  patient: { reference: `Patient/${patient}` },
  dateTime: new Date().toISOString(),
  policy: [{ uri: 'https://keyplan.example/fhir/policy/sharing' }],
  ...more,
})

const decided = async (code: SharingDecision, more: object = {}): Promise<Consent> => {
  const { status, body, text } = await gp<Consent>('POST', '/Consent', decision(code, more))
  expect([status, text]).toEqual([201, text])
  return body
}

const end = async ({ id, meta, ...consent }: Consent): Promise<void> => {
  const { status } = await gp('PUT', `/Consent/${id}`, { id, ...consent, status: 'inactive' }, ifMatch(meta?.versionId))
  expect(status).toBe(200)
}

const ifMatch = (version: string | undefined) => ({ 'If-Match': `W/"${version}"` })

const tasks = async (): Promise<Task[]> => {
  const query = `/Task?patient=${patient}&code=sharing-contradiction&_sort=_lastUpdated`
  const { status, body } = await gp<Bundle<Task>>('GET', query)
  expect(status).toBe(200)
  return (body.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Task' ? [resource] : []))
}

const statuses = async () => (await tasks()).map(({ status }) => status)

describe('decisions about sharing that contradict each other (trust, section 2)', () => {
  let yes: Consent
  let no: Consent

  test('withhold, and in the same commit the custodian is asked to settle them; of anything clinical nothing is said', async () => {
    yes = await decided('no-objection')
    expect(await statuses()).toEqual([])
    no = await decided('objection')
    const [task, ...others] = await tasks()
    expect(others).toEqual([])
    expect(task).toMatchObject({
      status: 'requested',
      owner: { identifier: { value: 'ZZ901' } },
      authoredOn: no.meta?.lastUpdated,
      meta: { lastUpdated: no.meta?.lastUpdated, versionId: '1' },
    })
    expect(task?.input?.map(({ valueReference }) => valueReference?.reference).sort()).toEqual(
      [`Consent/${yes.id}`, `Consent/${no.id}`].sort(),
    )
    expect(outcomeOf(await emergencyView(crew, someone))).toBe('withheld')
  })

  test('it is asked once, and stands while it is worked on', async () => {
    const [task] = await tasks()
    const taken = { ...task, status: 'in-progress' }
    expect((await gp('PUT', `/Task/${task?.id}`, taken)).status).toBe(200)
    const { body: stored } = await gp<{ meta: { versionId: string } }>('GET', `/Patient/${patient}`)
    const changed = { ...stored, maritalStatus: { text: 'Widowed' } }
    expect((await gp('PUT', `/Patient/${patient}`, changed, ifMatch(stored.meta.versionId))).status).toBe(200)
    expect(await statuses()).toEqual(['in-progress'])
  })

  test('nobody else is told', async () => {
    const { body } = await crew<Bundle<Task>>('GET', `/Task?patient=${patient}`)
    expect((body.entry ?? []).filter(({ resource }) => resource?.resourceType === 'Task')).toEqual([])
  })

  test('when one no longer holds, it is over in the same commit', async () => {
    await end(no)
    expect(await statuses()).toEqual(['completed'])
    expect(outcomeOf(await emergencyView(crew, someone))).not.toBe('withheld')
  })

  test('who settles it may say so of the Task in the same transaction', async () => {
    const objection = await decided('objection')
    const open = (await tasks()).find(({ status }) => status === 'requested')
    const over = { ...open, status: 'completed', note: [{ text: 'They were asked.' }] }
    const entry = [
      {
        resource: { ...objection, status: 'inactive' },
        request: { method: 'PUT', url: `Consent/${objection.id}`, ifMatch: 'W/"1"' },
      },
      { resource: over, request: { method: 'PUT', url: `Task/${open?.id}` } },
    ]
    const { status, text } = await gp('POST', '', { resourceType: 'Bundle', type: 'transaction', entry })
    expect([status, text]).toEqual([200, text])
    expect((await tasks()).find(({ id }) => id === open?.id)?.note).toEqual(over.note)
    expect(await statuses()).toEqual(['completed', 'completed'])
  })

  test('when one has ended because time has passed, it is over by whoever notices', async () => {
    const asked = await askedForAWhile(2)
    await until(tasks, (all) => all.find(({ id }) => id === asked.id)?.status === 'completed')
  })
})

/** The Task about an objection that ends in so many seconds, or in more where it took longer than that to be stored. */
const askedForAWhile = async (seconds: number): Promise<Task> => {
  const period = { end: new Date(Date.now() + seconds * 1_000).toISOString() }
  const { id, meta } = await decided('objection', { provision: { period } })
  const task = (await tasks()).find(({ input }) =>
    input?.some(({ valueReference }) => valueReference?.reference === `Consent/${id}`),
  )
  if (task !== undefined) return task
  expect(Date.parse(meta?.lastUpdated ?? '')).toBeGreaterThan(Date.parse(period.end))
  return askedForAWhile(seconds * 4)
}
