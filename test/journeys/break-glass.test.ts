import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Parameters, Task } from 'fhir/r4.js'
import { MAPPING, STAFF } from '../../src/cli/demo/identity/staff.ts'
import { allowed, testApp } from '../auth/people/app.ts'
import { APPS, type PeopleService, startPeople } from '../auth/people/support.ts'
import { documented, faultsOf } from '../support/contract.ts'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, fhirClient, issueKeys } from '../support/service.ts'
import { statements } from '../support/statements.ts'

const REASON = 'Found unconscious at home; her plan may say what to do.'
/** The organisation of those who look, which has a system too. */
const HOSPICE = 'ZZ904'

let people: PeopleService
let practice: FhirRequest
let patient: string
/** How somebody of the staff asks by an app. */
const asks = new Map<string, FhirRequest>()

const asking = (account: string): FhirRequest => asks.get(account) as FhirRequest

beforeAll(async () => {
  people = await startPeople({
    apps: APPS.map((app) => ({ ...app, scopes: [...app.scopes, 'user/Task.u'] })),
    staff: [
      ...STAFF,
      { account: 'heather', name: 'Heather Synthetic', jobRole: 'hospice-nurse', organization: HOSPICE },
      { account: 'pat', name: 'Pat Synthetic', jobRole: 'privacy-officer', organization: HOSPICE },
    ],
    identity: { role: { ...MAPPING.role, values: { ...MAPPING.role.values, 'hospice-nurse': 'hospice' } } },
  })
  practice = await people.service.fhir('gp-practice')
  const margaret = person('margaret')
  patient = await register(practice, margaret)
  await submit(
    practice,
    patient,
    margaret.conversations.find(({ questionnaire }) => questionnaire?.includes('respect')),
  )
  for (const account of ['heather', 'pat']) {
    const app = testApp(people.baseUrl, 'viewer', 'user/*.rs user/Task.u')
    const browser = await people.signIn(account)
    const { body } = await app.redeem(await allowed(browser, people.baseUrl, app.url(), undefined))
    const ask = await fhirClient(people.baseUrl)
    asks.set(account, (method, path, body_, headers) =>
      ask(method, path, body_, { ...headers, Authorization: `Bearer ${body.access_token}` }),
    )
  }
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

const breakTheGlass = async (account: string, id: string, reason = REASON) => {
  const answer = await asking(account)<FhirResource>('POST', `/Patient/${id}/$break-glass`, {
    resourceType: 'Parameters',
    parameter: [{ name: 'reason', valueString: reason }],
  })
  const operation = documented.find(({ id: its }) => its === 'breakGlass')
  expect(operation).toBeDefined()
  if (operation !== undefined) expect(await faultsOf(operation, answer)).toEqual([])
  return answer
}

test('a nurse who may not see a record opens it with a reason; the practice and the privacy officer know, and read what was seen', async () => {
  const nurse = asking('heather')
  const closed = await nurse('GET', `/Patient/${patient}/$key-information-summary`)
  expect([closed.status, issueKeys(closed.body)]).toEqual([403, ['no-relationship']])
  expect(closed.text).toContain('break the glass')

  expect((await breakTheGlass('heather', patient, 'why not')).status).toBe(400)
  const opened = await breakTheGlass('heather', patient)
  expect(opened.status).toBe(200)
  const review = (opened.body as Parameters).parameter?.find(({ name }) => name === 'review')?.valueReference?.reference

  expect((await nurse('GET', `/Patient/${patient}/$key-information-summary`)).status).toBe(200)
  const plans = await nurse<Bundle>('GET', `/CarePlan?patient=Patient/${patient}&status=active`)
  expect(plans.body.entry?.filter(({ search }) => search?.mode === 'match').length).toBe(1)

  const { body: task } = await practice<Task>('GET', `/${review}`)
  expect([task.status, task.code?.coding?.[0]?.code, task.for?.reference]).toEqual([
    'requested',
    'break-glass-review',
    `Patient/${patient}`,
  ])
  const notices = await asking('pat')<Bundle<Task>>('GET', '/Task?code=break-glass-review&status=requested')
  const told = (notices.body.entry ?? []).filter(({ search }) => search?.mode === 'match')
  expect(told.map(({ resource }) => resource?.performerType?.[0]?.text)).toEqual(['Privacy officer'])

  const report = await asking('pat')<Parameters>('POST', '/Patient/$break-glass-report')
  const [use] = (report.body.parameter ?? []).filter(({ name }) => name === 'use')
  const part = (name: string) => use?.part?.filter((one) => one.name === name) ?? []
  expect([part('reason')[0]?.valueString, part('role')[0]?.valueCode, part('reviewStatus')[0]?.valueCode]).toEqual([
    REASON,
    'hospice',
    'requested',
  ])
  expect(part('seen').map(({ valueReference }) => valueReference?.reference?.split('/')[0])).toEqual([
    'CarePlan',
    'Patient',
  ])
})

test('the review is for the practice to complete and the notice for the privacy officer, and for nobody of those who looked', async () => {
  const tasks = async (client: FhirRequest, query: string) =>
    ((await client<Bundle<Task>>('GET', `/Task?code=break-glass-review&${query}`)).body.entry ?? []).flatMap(
      ({ resource }) => (resource?.resourceType === 'Task' ? [resource] : []),
    )
  const [review] = await tasks(practice, `patient=${patient}`)
  const [notice] = await tasks(asking('pat'), 'status=requested')
  expect(notice?.for).toBeUndefined()
  const complete = (client: FhirRequest, task: Task | undefined) =>
    client('PUT', `/Task/${task?.id}`, { ...task, status: 'completed' })
  const hospice = await people.service.fhir('hospital')
  const others = await people.service.fhir('ambulance')
  for (const [client, task] of [
    [hospice, review],
    [others, review],
    [others, notice],
    [asking('heather'), notice],
    [practice, notice],
  ] as const) {
    const { status, body } = await complete(client, task)
    expect([status, issueKeys(body)]).toEqual([403, ['review-not-yours']])
    const change = [{ op: 'replace', path: '/status', value: 'completed' }]
    const patched = await client('PATCH', `/Task/${task?.id}`, change, {
      'Content-Type': 'application/json-patch+json',
    })
    expect([patched.status, issueKeys(patched.body)]).toEqual([403, ['review-not-yours']])
  }
  expect([(await complete(practice, review)).status, (await complete(asking('pat'), notice)).status]).toEqual([
    200, 200,
  ])
})

test('what is open costs no statement more than what was never closed', async () => {
  const reading = (account: string, path: string) =>
    statements(people.service, async () => expect((await asking(account)('GET', path)).status).toBe(200))
  expect(await reading('heather', `/Patient/${patient}`)).toBe(4)
})

test('404 for a person who is not here, 403 for a privacy officer and for a system, and nothing is opened', async () => {
  expect((await breakTheGlass('heather', 'nobody')).status).toBe(404)
  expect((await breakTheGlass('pat', patient)).status).toBe(403)
  const system = await practice('POST', `/Patient/${patient}/$break-glass`, {
    resourceType: 'Parameters',
    parameter: [{ name: 'reason', valueString: REASON }],
  })
  expect([system.status, issueKeys(system.body)]).toEqual([403, ['break-glass-not-allowed']])
})
