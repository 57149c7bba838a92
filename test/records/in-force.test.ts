import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, Consent, FhirResource, Goal, Parameters, Patient, RelatedPerson } from 'fhir/r4.js'
import { cprOf, emergencyView, outcomeOf, person, question, register, submission } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
})

afterAll(() => service.stop())

const content = <R extends FhirResource>({ id: _id, ...rest }: R): Omit<R, 'id'> => rest

const goalOf = (patient: string, text: string): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'active',
  description: { text },
  subject: { reference: `Patient/${patient}` },
})

const revocation: Parameters = {
  resourceType: 'Parameters',
  parameter: [
    { name: 'reason', valueCode: 'withdrawn' },
    { name: 'text', valueString: 'The person changed their mind.' },
  ],
}

/** The extracted ReSPECT plan of a person, with more entries, its CarePlan also made of what `refers` names. */
const bundleOf = async (patient: string, name: string, refers: readonly string[]): Promise<Bundle<FhirResource>> => {
  const conversation = person(name).conversations.find(({ questionnaire }) => questionnaire?.includes('respect'))
  const response = submission(patient, conversation as never).parameter?.[0]?.resource as object
  const { body } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', response)
  const entry = (body.entry ?? []).map(({ request: _request, ...rest }) => rest)
  const plan = entry.find(({ resource }) => resource?.resourceType === 'CarePlan')?.resource as CarePlan
  for (const reference of refers) {
    if (reference.startsWith('Goal/')) plan.goal = [...(plan.goal ?? []), { reference }]
    else plan.supportingInfo = [...(plan.supportingInfo ?? []), { reference }]
  }
  return { resourceType: 'Bundle', type: 'collection', entry }
}

describe('whose number it is', () => {
  test('a conditional create cannot claim a number that its person does not have', async () => {
    const [victim, other] = [person('wales').patient, person('england').patient]
    const { system, value } = victim.identifier?.[0] ?? {}
    const condition = new URLSearchParams({ identifier: `${system}|${value}` }).toString()
    const { status, body } = await gp('POST', '/Patient', content(other), { 'If-None-Exist': condition })
    expect(status).toBe(400)
    expect(issueKeys(body)).toEqual(['condition-foreign'])
    expect(
      outcomeOf((await crew<Parameters>('POST', '/Patient/$emergency-view', question(victim.identifier?.[0]))).body),
    ).toBe('not-found')
  })

  test('a number that a person had once names nobody, and is free for its owner', async () => {
    const wales = person('wales').patient
    const england = person('england').patient
    const old = { ...wales.identifier?.[0], use: 'old' as const }
    const first = await gp<Patient>('POST', '/Patient', {
      ...content(england),
      identifier: [...(england.identifier ?? []), old],
    })
    expect(first.status).toBe(201)
    expect(
      outcomeOf((await crew<Parameters>('POST', '/Patient/$emergency-view', question(wales.identifier?.[0]))).body),
    ).toBe('not-found')
    expect((await gp('POST', '/Patient', content(wales))).status).toBe(201)
  })
})

describe('what a plan in force is made of (INV-5, architecture idea 3)', () => {
  const margaret = person('margaret')
  let patient: string
  beforeAll(async () => {
    patient = await register(gp, margaret)
  })

  test('is what was stored, however submissions, updates and deletions of its parts fall together', async () => {
    for (let round = 0; round < 6; round += 1) {
      const goals = await Promise.all(
        [0, 1].map(async (index) => (await gp<Goal>('POST', '/Goal', goalOf(patient, `Words ${round} ${index}`))).body),
      )
      const [edited, deleted] = goals as [Goal, Goal]
      const bundle = await bundleOf(
        patient,
        'margaret',
        goals.map(({ id }) => `Goal/${id}`),
      )
      const [stored] = await Promise.all([
        gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', bundle),
        gp('PUT', `/Goal/${edited.id}`, { ...edited, description: { text: `Other words ${round}` } }),
        gp('DELETE', `/Goal/${deleted.id}`),
      ])
      // Refused, where the goal was deleted first; else everything of it is there, and shown as it is stored.
      expect([201, 422]).toContain(stored.status)
      if (stored.status === 422) continue
      const plan = stored.body.entry?.flatMap(({ resource }) =>
        resource?.resourceType === 'CarePlan' ? [resource] : [],
      )[0]
      const goal = await gp<Goal>('GET', `/Goal/${edited.id}`)
      expect((await gp('GET', `/Goal/${deleted.id}`)).status).toBe(200)
      const { text } = await gp('GET', `/Patient/${patient}/$key-information-summary`)
      expect(text).toContain(goal.body.description.text)
      expect((await gp('POST', `/CarePlan/${plan?.id}/$revoke`, revocation)).status).toBe(200)
    }
  })

  test('is shown whole, also what it reaches over two steps: the phone of a proxy who was stored before', async () => {
    const related = await gp<RelatedPerson>('POST', '/RelatedPerson', {
      resourceType: 'RelatedPerson',
      patient: { reference: `Patient/${patient}` },
      name: [{ text: 'Pat Testproxy' }],
      telecom: [{ system: 'phone', value: '07700 900999' }],
    })
    const bundle = await bundleOf(patient, 'margaret', [])
    const proxy = bundle.entry?.find(
      ({ resource }) => resource?.resourceType === 'Consent' && JSON.stringify(resource).includes('welfare-proxy'),
    )?.resource as Consent
    expect(proxy).toBeDefined()
    const {
      body: storedProxy,
      status,
      text,
    } = await gp<Consent>('POST', '/Consent', {
      ...proxy,
      sourceReference: undefined,
      patient: { reference: `Patient/${patient}` },
      provision: {
        actor: [{ ...proxy.provision?.actor?.[0], reference: { reference: `RelatedPerson/${related.body.id}` } }],
      },
    })
    expect([status, text]).toEqual([201, text])
    const answer = await gp<Bundle<FhirResource>>(
      'POST',
      '/CarePlan/$submit',
      await bundleOf(patient, 'margaret', [`Consent/${storedProxy.id}`]),
    )
    expect(answer.status).toBe(201)
    expect(JSON.stringify(await emergencyView(crew, margaret))).toContain('07700 900999')
    expect((await gp('DELETE', `/RelatedPerson/${related.body.id}`)).status).toBe(409)
  })

  test('once ended it stays ended and on record', async () => {
    const { body: active } = await gp<Bundle<CarePlan>>('GET', `/CarePlan?patient=${patient}&status=active`)
    const id = active.entry?.[0]?.resource?.id
    expect((await gp('POST', `/CarePlan/${id}/$revoke`, revocation)).status).toBe(200)
    const { body: revoked } = await gp<CarePlan>('GET', `/CarePlan/${id}`)
    expect(revoked.status).toBe('revoked')
    for (const status of ['draft', 'active']) {
      const answer = await gp(
        'PUT',
        `/CarePlan/${id}`,
        { ...revoked, status },
        { 'If-Match': `W/"${revoked.meta?.versionId}"` },
      )
      expect([status, answer.status >= 400]).toEqual([status, true])
    }
    expect((await gp('DELETE', `/CarePlan/${id}`)).status).toBe(409)
    const { body: acts } = await gp<Bundle>('GET', `/Provenance?target=CarePlan/${id}`)
    expect(acts.entry?.length).toBeGreaterThan(0)
    for (const { resource } of acts.entry ?? [])
      expect((await gp('DELETE', `/Provenance/${resource?.id}`)).status).toBe(405)
    expect(cprOf(await emergencyView(crew, margaret))).toBeUndefined()
  })

  test('a plan of no known kind cannot become active (plan-type)', async () => {
    const { status, body } = await gp('POST', '/CarePlan', {
      resourceType: 'CarePlan',
      status: 'active',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
    })
    expect(status).toBe(422)
    expect(issueKeys(body)).toContain('plan-type')
  })
})

describe('an id', () => {
  test('cannot pass from one person to another, not even after it was deleted: its history is the first one’s', async () => {
    const [one, other] = await Promise.all([register(gp, person('child')), register(gp, person('objection'))])
    const { body: goal } = await gp<Goal>('POST', '/Goal', goalOf(one, 'Words of the first.'))
    expect((await gp('DELETE', `/Goal/${goal.id}`)).status).toBe(204)
    const { status, body } = await gp('PUT', `/Goal/${goal.id}`, { ...goalOf(other, 'Other words.'), id: goal.id })
    expect(status).toBe(422)
    expect(issueKeys(body)).toContain('person-changed')
  })

  test('made again by several at once goes on counting, and can be updated ever after', async () => {
    const patient = await gp<Bundle<Patient>>('GET', '/Patient?_count=1')
    const goal = { ...goalOf(patient.body.entry?.[0]?.resource?.id ?? '', 'Again.'), id: 'made-again' }
    for (let round = 0; round < 5; round += 1) {
      await Promise.all(Array.from({ length: 4 }, () => gp('PUT', '/Goal/made-again', goal)))
      await gp('DELETE', '/Goal/made-again')
    }
    await Promise.all(Array.from({ length: 4 }, () => gp('PUT', '/Goal/made-again', goal)))
    expect((await gp('PUT', '/Goal/made-again', goal)).status).toBe(200)
    const { body } = await gp<Bundle<Goal>>('GET', '/Goal/made-again/_history')
    const versions = (body.entry ?? []).flatMap(({ response }) => response?.etag ?? [])
    expect(new Set(versions).size).toBe(versions.length)
  })
})

test('a question too wide, or with a null character, is refused before it reaches the database', async () => {
  const wide = new URLSearchParams(Array.from({ length: 900 }, () => ['status', 'active'] as [string, string]))
  const answers = await Promise.all([
    gp('POST', '/CarePlan/_search', wide.toString(), { 'Content-Type': 'application/x-www-form-urlencoded' }),
    gp('GET', '/Goal?lifecycle-status=%00'),
    gp('GET', `/Goal?_id=${Array.from({ length: 101 }, (_, index) => index).join(',')}`),
  ])
  expect(answers.map(({ status }) => status)).toEqual([400, 400, 400])
})
