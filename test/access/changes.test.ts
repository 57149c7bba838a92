/** What people may change: nothing that decides who may see whose record, and nothing that their role does not see. */
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Organization } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { person, register, submission } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { context, someone } from './world.ts'

const HOME = 'ZZ977'
const carer = context(someone(HOME, 'care-home'))
const ods = (value: string) => ({ system: IDENTIFIER_SYSTEM.odsCode, value })

let service: TestService
let practice: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  practice = await service.fhir('gp-practice')
  patient = await register(practice, person('margaret'))
})
afterAll(() => service.stop())

/** Key of the refusal; `done` where there is none. */
const outcomeOf = (work: Promise<unknown>): Promise<string | undefined> =>
  work.then(
    () => 'done',
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error
      return error.issues[0]?.key
    },
  )

const writes = (cx: typeof carer, resource: object): Promise<string | undefined> => {
  const whole = resource as Resource
  const change = whole.id === undefined ? { do: 'create' as const } : { do: 'update' as const, id: whole.id }
  return outcomeOf(service.services.records.transact(cx, [{ ...change, resource: whole }]))
}

const teamOf = (member: object) => ({
  resourceType: 'CareTeam',
  status: 'active',
  subject: { reference: `Patient/${patient}` },
  participant: [{ member }],
})

test('nobody makes another organisation theirs, and so comes to be in the care team of its patients', async () => {
  const other = { resourceType: 'Organization', name: 'A hospice (synthetic)', identifier: [ods('ZZ978')] }
  const { body: organization } = await practice<Organization>('POST', '/Organization', other)
  const team = teamOf({ reference: `Organization/${organization.id}` })
  expect((await practice('POST', '/CareTeam', team)).status).toBe(201)
  const takeover = { ...organization, identifier: [ods(HOME)] }
  const read = () => outcomeOf(service.services.records.read(carer, 'Patient', patient))

  expect(await read()).toBe('not-found')
  for (const role of ['care-home', 'ambulance', 'gp-practice', 'auditor'])
    expect([role, await writes(context(someone(HOME, role)), takeover)]).toEqual([role, 'kept-by-systems'])
  expect(await writes(carer, { ...other, identifier: [ods('ZZ979')] })).toBe('kept-by-systems')
  expect(await read()).toBe('not-found')
  // It is this that would have let them in.
  expect((await practice('PUT', `/Organization/${organization.id}`, takeover)).status).toBe(200)
  expect(await read()).toBe('done')
})

test('who sees a part of a record writes that part and no other', async () => {
  expect((await practice('POST', '/CareTeam', teamOf({ identifier: ods(HOME) }))).status).toBe(201)
  const subject = { reference: `Patient/${patient}` }
  const goal = { resourceType: 'Goal', lifecycleStatus: 'active', description: { text: 'Synthetic' }, subject }
  const flag = { resourceType: 'Flag', status: 'active', code: { text: 'Synthetic' }, subject }
  expect(await writes(carer, goal)).toBe('done')
  expect(await writes(carer, flag)).toBe('withheld-from-role')
  expect(await writes(context(someone('ZZ901', 'gp-practice')), flag)).toBe('done')
})

test('nor does a plan come with a person who is not registered yet', async () => {
  const { patient: england, conversations } = person('england')
  const { id: _id, ...content } = england
  const [conversation] = conversations.filter(({ questionnaire }) => questionnaire?.includes('respect'))
  const asked = submission('unregistered', conversation as never).parameter?.[0]?.resource
  const { body: extracted } = await practice<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', asked)
  const fullUrl = 'urn:uuid:5f1c3d0e-0000-4000-8000-000000000001'
  const plan: Bundle = JSON.parse(JSON.stringify(extracted).replaceAll('Patient/unregistered', fullUrl))
  const entries = [...(plan.entry ?? []), { fullUrl, resource: content }] as { fullUrl: string; resource: Resource }[]
  const submit = (role: string) =>
    outcomeOf(service.services.records.submit(context(someone('ZZ901', role)), entries, { activate: true }))
  expect(await submit('care-home')).toBe('withheld-from-role')
  expect(await submit('gp-practice')).toBe('done')
})

test('a deleted draft of others is as little there as one that is not deleted', async () => {
  const draft = {
    resourceType: 'CarePlan',
    status: 'draft',
    intent: 'plan',
    subject: { reference: `Patient/${patient}` },
  }
  const { body } = await practice('POST', '/CarePlan', draft)
  const hospital = await service.fhir('hospital')
  const ask = async (id: string | undefined) => {
    const { status, text } = await hospital('GET', `/CarePlan/${id}/$completeness`)
    return [status, text.replaceAll(String(id), 'ID')]
  }
  const there = await ask(body.id)
  expect((await practice('DELETE', `/CarePlan/${body.id}`)).status).toBe(204)
  expect(await ask(body.id)).toEqual(there)
  expect(await ask('no-such-plan')).toEqual(there)
  expect((await practice('GET', `/CarePlan/${body.id}/$completeness`)).status).toBe(410)
})
