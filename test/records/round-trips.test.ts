import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Goal } from 'fhir/r4.js'
import { emergencyView, outcomeOf, person, register, submission } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest
let patient: string
const margaret = person('margaret')

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  patient = await register(gp, margaret)
})

afterAll(() => service.stop())

const goal = (words: string): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
})

/** The plan of Margaret's ReSPECT conversation as a Bundle, with more goals besides. */
const planWith = async (goals: number): Promise<Bundle<FhirResource>> => {
  const response = submission(patient, margaret.conversations[1] as never).parameter?.[0]?.resource as object
  const { body } = await gp<Bundle<FhirResource>>('POST', '/QuestionnaireResponse/$extract', response)
  const more = Array.from({ length: goals }, (_, index) => ({ resource: goal(`Goal ${index}`) }))
  const entry = (body.entry ?? []).map(({ request: _request, ...rest }) => rest)
  return { resourceType: 'Bundle', type: 'collection', entry: [...entry, ...more] }
}

describe('round trips to the database (architecture, ideas 2 and 4)', () => {
  test('a new resource that decides nothing is one statement', async () => {
    expect(await statements(service, () => gp('POST', '/Goal', goal('To see the sea.')))).toBe(1)
  })

  test('an update is one statement to read and one to commit', async () => {
    const { body } = await gp<Goal>('POST', '/Goal', goal('To see the sea.'))
    let times = 1
    const update = () =>
      gp('PUT', `/Goal/${body.id}`, { ...body, description: { text: `To see it ${++times} times.` } })
    expect(await statements(service, update)).toBe(2)
  })

  test('a patch is one more, to read what is patched', async () => {
    const { body } = await gp<Goal>('POST', '/Goal', goal('To see the sea.'))
    let times = 1
    const patch = () =>
      gp('PATCH', `/Goal/${body.id}`, [{ op: 'replace', path: '/description/text', value: `Words ${++times}` }], {
        'Content-Type': 'application/json-patch+json',
      })
    expect(await statements(service, patch)).toBe(3)
  })

  test('a condition is two more: how often it was used, and what it finds', async () => {
    let times = 0
    const identified = (value: string) => ({ ...goal('x'), identifier: [{ system: 'urn:trips', value }] })
    const create = () => {
      const value = String(++times)
      return gp('POST', '/Goal', identified(value), { 'If-None-Exist': `identifier=urn:trips%7C${value}` })
    }
    expect(await statements(service, create)).toBe(3)
    const update = () => gp('PUT', '/Goal?identifier=urn:trips%7C1', { ...identified('1'), language: `x-${++times}` })
    expect(await statements(service, update)).toBe(4)
  })

  test('a read is one statement, its audit included', async () => {
    const { body } = await gp<Goal>('POST', '/Goal', goal('To see the sea.'))
    expect(await statements(service, () => crew('GET', `/Goal/${body.id}`))).toBe(1)
  })

  test('an emergency view is one statement, its audit included', async () => {
    expect(await statements(service, () => emergencyView(crew, margaret))).toBe(1)
  })

  test('a plan is one statement to read and one to commit, whatever its size', async () => {
    let replaces: CarePlan | undefined
    const submitting = async (bundle: Bundle<FhirResource>): Promise<void> => {
      const reference = replaces === undefined ? undefined : { reference: `CarePlan/${replaces.id}` }
      const { status, body } = await gp<Bundle<FhirResource>>('POST', '/CarePlan/$submit', {
        resourceType: 'Parameters',
        parameter: [
          { name: 'resource', resource: bundle },
          ...(reference === undefined ? [] : [{ name: 'replaces', valueReference: reference }]),
        ],
      })
      expect(status).toBe(201)
      expect(body.entry?.length).toBeGreaterThanOrEqual(bundle.entry?.length ?? 0)
      replaces = body.entry?.flatMap(({ resource }) =>
        resource?.resourceType === 'CarePlan' && resource.status === 'active' ? [resource] : [],
      )[0]
    }
    for (const goals of [0, 40]) {
      const bundle = await planWith(goals)
      expect(await statements(service, () => submitting(bundle))).toBe(2)
    }
    expect(outcomeOf(await emergencyView(crew, margaret))).toBe('current-plan')
  })
})

describe('audit (trust, section 3)', () => {
  test('each act leaves a row that names client, purpose and what was touched, before the answer leaves', async () => {
    await emergencyView(crew, margaret)
    const [row] = await service.database.query(
      `select client, organization, role, purpose, interaction, outcome, patient, entities from audit_event order by id desc limit 1`,
    )
    expect(row).toEqual({
      client: 'ambulance',
      organization: expect.any(String),
      role: 'ambulance',
      purpose: 'emergency',
      interaction: '$emergency-view',
      outcome: 'permit',
      patient,
      entities: [`Patient/${patient}`],
    })
  })

  test('no row can be changed, deleted or truncated', async () => {
    for (const statement of [
      `update audit_event set outcome = 'deny'`,
      'delete from audit_event',
      'truncate audit_event',
    ]) {
      await expect(service.database.query(statement)).rejects.toThrow(/append only/)
    }
  })
})
