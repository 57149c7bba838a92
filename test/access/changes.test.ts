/** What people may change: nothing that decides who may see whose record, and nothing that their role does not see. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type {
  Bundle,
  CarePlan,
  FhirResource,
  Organization,
  Parameters,
  Patient,
  QuestionnaireResponse,
} from 'fhir/r4.js'
import type { RequestContext } from '../../src/context.ts'
import { IDENTIFIER_SYSTEM } from '../../src/fhir/identifier.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import type { Resource } from '../../src/fhir/resource.ts'
import { EXTENSION, SYSTEM } from '../../src/plan/codes.ts'
import { cprOf, emergencyView, person, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { context, someone } from './world.ts'

const HOME = 'ZZ977'
const carer = context(someone(HOME, 'care-home'))
const CPR = { system: 'http://snomed.info/sct', code: '89666000' }
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

test('what may not be seen is not there to be changed either, and whose it is is not told', async () => {
  const goal = { resourceType: 'Goal', lifecycleStatus: 'active', description: { text: 'Synthetic' } }
  const { body } = await practice('POST', '/Goal', { ...goal, subject: { reference: `Patient/${patient}` } })
  const stranger = context(someone('ZZ990', 'care-home'))
  const refusalOf = async (id: string): Promise<unknown> => {
    const refused = await service.services.records
      .transact(stranger, [{ do: 'delete', type: 'Goal', id }])
      .catch(String)
    return String(refused).replaceAll(id, 'ID')
  }
  const refusal = await refusalOf(body.id as string)
  expect(refusal).toBe(await refusalOf('nowhere'))
  expect(refusal).toContain('Goal/ID')
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

describe('nothing that a patient writes, or who speaks for them, changes what crews are told', () => {
  const margaret = person('margaret')
  let crew: FhirRequest
  let told: Parameters
  const writers: [who: string, cx: () => RequestContext][] = [
    ['a patient', () => context(someone('', 'patient', { patient }))],
    ['who speaks for them', () => context(someone('', 'proxy'))],
  ]
  const found = async (): Promise<Resource[]> => {
    const { body } = await practice<Bundle>('GET', `/Patient/${patient}/$everything?_count=500`)
    return (body.entry ?? []).flatMap(({ resource }) => (resource as Resource | undefined) ?? [])
  }

  beforeAll(async () => {
    crew = await service.fhir('ambulance')
    await submit(practice, patient, margaret.conversations[2])
    const { user } = someone('', 'proxy')
    const { body: holder } = await practice<FhirResource>('POST', '/RelatedPerson', {
      resourceType: 'RelatedPerson',
      patient: { reference: `Patient/${patient}` },
      identifier: [user],
      name: [{ text: 'Daughter Synthetic' }],
      telecom: [{ system: 'phone', value: '01632 960001' }],
    })
    const role = { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType', code: 'IRCP' }] }
    const { status } = await practice('POST', '/Consent', {
      ...consent('welfare-proxy'),
      extension: [{ url: EXTENSION.proxyAuthority, valueCode: 'welfare-attorney' }],
      provision: { actor: [{ role, reference: { reference: `RelatedPerson/${holder.id}` } }] },
    })
    expect(status).toBe(201)
    told = await emergencyView(crew, margaret)
    expect(cprOf(told)).toBe('not-recommended')
  })

  const consent = (category: string) => ({
    resourceType: 'Consent',
    status: 'active',
    scope: { coding: [{ system: SYSTEM.consentScope, code: 'treatment' }] },
    category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
    patient: { reference: `Patient/${patient}` },
    dateTime: '2026-01-01',
    performer: [{ reference: `Patient/${patient}` }],
    policy: [{ uri: `https://keyplan.example/fhir/policy/${category}` }],
  })

  test.each(writers)('%s: what is there', async (_, as) => {
    const there = (await found()).filter(
      ({ resourceType }) => !['Goal', 'QuestionnaireResponse', 'Organization'].includes(resourceType),
    )
    const types = new Set(there.map(({ resourceType }) => resourceType))
    expect([...types]).toEqual(
      expect.arrayContaining(['Patient', 'CarePlan', 'Consent', 'Observation', 'RelatedPerson']),
    )
    for (const resource of there) {
      const { resourceType: type, id = '' } = resource
      const change = { ...resource, language: 'en-GB' }
      expect([type, await writes(as(), change)]).toEqual([type, 'kept-by-clinicians'])
      const deleted = outcomeOf(service.services.records.transact(as(), [{ do: 'delete', type, id }]))
      expect([type, await deleted]).toEqual([type, 'kept-by-clinicians'])
    }
  })

  test.each(writers)('%s: their name, birth date, number and death', async (_, as) => {
    const themself = (await found()).find(({ resourceType }) => resourceType === 'Patient') as Patient
    for (const wrong of [
      { name: [{ family: 'Another', given: ['X'] }] },
      { birthDate: '1999-01-01' },
      { deceasedBoolean: true },
      { active: false },
      { identifier: margaret.patient.identifier?.map((one) => ({ ...one, use: 'old' })) },
    ])
      expect(await writes(as(), { ...themself, ...wrong })).toBe('kept-by-clinicians')
  })

  test.each(writers)('%s: what looks like a decision', async (_, as) => {
    const {
      id: _id,
      meta: _meta,
      ...cpr
    } = (await found()).find(
      (one) => one.resourceType === 'Consent' && JSON.stringify(one).includes('"89666000"'),
    ) as Resource
    const otherwise = JSON.parse(
      JSON.stringify(cpr).replaceAll('not-recommended', 'recommended').replaceAll('deny', 'permit'),
    )
    const subject = { reference: `Patient/${patient}` }
    const forCpr = { coding: [{ system: 'http://snomed.info/sct', code: '450475007' }] }
    for (const false_ of [
      otherwise,
      { ...consent('advance-refusal'), provision: { provision: [{ type: 'deny', code: [{ coding: [CPR] }] }] } },
      { resourceType: 'Flag', status: 'active', code: forCpr, subject },
      { resourceType: 'Observation', status: 'final', code: forCpr, subject },
    ])
      expect(await writes(as(), false_)).toBe('kept-by-clinicians')
  })

  test.each(writers)('%s: a plan that replaces theirs, and its end', async (_, as) => {
    const { records } = service.services
    const plan = (await found()).find(({ resourceType }) => resourceType === 'CarePlan') as CarePlan
    const version = Number(plan.meta?.versionId)
    const reason = { code: 'withdrawn', text: 'None is wanted.', death: undefined, clinician: undefined } as const
    expect(await outcomeOf(records.revoke(as(), plan.id as string, reason, version))).toBe('kept-by-clinicians')
    const asked = submission(patient, margaret.conversations[2] as never).parameter?.[0]?.resource
    const { body } = await practice<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', asked)
    const entries = (body.entry ?? []) as { fullUrl: string; resource: Resource }[]
    expect(await outcomeOf(records.submit(as(), entries, { activate: true }))).toBe('kept-by-clinicians')
  })

  test('who speaks for them hides nothing from the person', async () => {
    expect(await writes(context(someone('', 'proxy')), consent('portal-restriction'))).toBe('kept-by-clinicians')
  })

  test('what matters to them they write, and fill in the form about it and no other', async () => {
    const [wishes, , respect] = margaret.conversations
    const answered = (conversation: QuestionnaireResponse | undefined) => {
      const { id: _id, ...content } = conversation as QuestionnaireResponse
      return { ...content, subject: { reference: `Patient/${patient}` } }
    }
    for (const [, as] of writers) {
      expect(await writes(as(), answered(wishes))).toBe('done')
      expect(await writes(as(), answered(respect))).toBe('kept-by-clinicians')
      const goal = { resourceType: 'Goal', lifecycleStatus: 'proposed', description: { text: 'To see the sea' } }
      expect(await writes(as(), { ...goal, subject: { reference: `Patient/${patient}` } })).toBe('done')
    }
  })

  test('and crews are told what they were told', async () => {
    expect(await emergencyView(crew, margaret)).toEqual(told)
  })
})
