/** What others than the custodian change of who a person is, the custodian is asked about (domain model, section 8: wrong person). */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, Patient, Task } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { emergencyView, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

const margaret = person('margaret')

let service: TestService
let practice: FhirRequest
let hospital: FhirRequest
let crew: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  practice = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  crew = await service.fhir('ambulance')
  patient = await register(practice, margaret)
  await submit(practice, patient, margaret.conversations[2])
})
afterAll(() => service.stop())

/** Changes the Patient as they stand. */
const changes = async (client: FhirRequest, change: Partial<Patient>): Promise<void> => {
  const { body } = await client<Patient>('GET', `/Patient/${patient}`)
  const headers = { 'If-Match': `W/"${body.meta?.versionId}"` }
  const { status, text } = await client('PUT', `/Patient/${patient}`, { ...body, ...change }, headers)
  expect([status, text]).toEqual([200, text])
}

const asked = async (): Promise<Task[]> => {
  const { body } = await practice<Bundle<Task>>('GET', `/Task?patient=${patient}&code=identity-review`)
  return (body.entry ?? []).flatMap(({ resource }) => resource ?? [])
}

const told = async () =>
  (await asked()).map(({ status, owner, requester, input }) => ({
    status,
    owner: owner?.identifier?.value,
    requester: requester?.identifier?.value,
    elements: input?.map(({ valueString }) => valueString),
  }))

test('a hospital marks somebody dead: the practice is asked, once; crews are shown it as it stands', async () => {
  await changes(hospital, { deceasedBoolean: true })
  const dead = { status: 'requested', owner: 'ZZ901', requester: 'ZZ904', elements: ['Patient.deceased'] }
  expect(await told()).toEqual([dead])
  expect(JSON.stringify(await emergencyView(crew, margaret))).toContain('"deceased"')
  // Nothing more of it is changed.
  await changes(hospital, { telecom: [{ system: 'phone', value: '01632 960123' }] })
  expect(await told()).toEqual([dead])
})

test('a crew changes the date of birth meanwhile: the same Task names both', async () => {
  await changes(crew, { birthDate: '1941-03-21' })
  expect(await told()).toEqual([
    {
      status: 'requested',
      owner: 'ZZ901',
      requester: 'ZZ902',
      elements: ['Patient.birthDate', 'Patient.deceased'],
    },
  ])
})

test('nobody but the practice ends it, not with another change in one transaction either', async () => {
  const [task] = await asked()
  const completed = { ...task, status: 'completed' }
  const headers = { 'If-Match': `W/"${task?.meta?.versionId}"` }
  const { body: person } = await hospital<Patient>('GET', `/Patient/${patient}`)
  const entry = [
    {
      resource: { ...person, name: [{ family: 'Other', given: ['Ann'] }] },
      request: { method: 'PUT', url: `Patient/${patient}`, ifMatch: `W/"${person.meta?.versionId}"` },
    },
    { resource: completed, request: { method: 'PUT', url: `Task/${task?.id}`, ifMatch: headers['If-Match'] } },
  ]
  for (const [method, path, body] of [
    ['PUT', `/Task/${task?.id}`, completed],
    ['POST', '/', { resourceType: 'Bundle', type: 'transaction', entry }],
  ] as const) {
    const refused = await hospital(method, path, body, path === '/' ? {} : headers)
    expect([method, refused.status, issueKeys(refused.body)]).toEqual([method, 403, ['review-not-yours']])
  }
  expect((await told()).map(({ status, elements }) => [status, elements])).toEqual([
    ['requested', ['Patient.birthDate', 'Patient.deceased']],
  ])
})

test('the practice corrects it and ends the Task; what it changes itself asks for nothing', async () => {
  await changes(practice, { deceasedBoolean: false, birthDate: margaret.patient.birthDate as string })
  const [task] = await asked()
  const headers = { 'If-Match': `W/"${task?.meta?.versionId}"` }
  expect((await practice('PUT', `/Task/${task?.id}`, { ...task, status: 'completed' }, headers)).status).toBe(200)
  await changes(practice, { birthDate: '1941-03-13' })
  await changes(practice, { birthDate: margaret.patient.birthDate as string })
  expect((await told()).map(({ status }) => status)).toEqual(['completed'])
})

test('it is asked again when another number comes, by PATCH too', async () => {
  const value = { system: IDENTIFIER_SYSTEM.nhsNumber, value: '9990003017' }
  const { headers } = await hospital('GET', `/Patient/${patient}`)
  const { status, text } = await hospital(
    'PATCH',
    `/Patient/${patient}`,
    [{ op: 'add', path: '/identifier/-', value }],
    { 'Content-Type': 'application/json-patch+json', 'If-Match': headers.get('etag') ?? '' },
  )
  expect([status, text]).toEqual([200, text])
  expect(await told()).toEqual([
    { status: 'requested', owner: 'ZZ901', requester: 'ZZ904', elements: ['Patient.identifier'] },
  ])
})

test('nobody but the custodian deletes a person', async () => {
  const other = await register(practice, person('england'))
  for (const client of [hospital, crew]) {
    const { status, body } = await client('DELETE', `/Patient/${other}`)
    expect([status, issueKeys(body)]).toEqual([403, ['person-not-yours']])
  }
  expect((await practice('GET', `/Patient/${other}`)).status).toBe(200)
  expect((await practice('DELETE', `/Patient/${other}`)).status).toBe(204)
})
