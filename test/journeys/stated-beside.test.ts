/** What some system stores beside the plan, and says otherwise about CPR than the plan (domain model, section 8: a code that contradicts another). */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, Flag, Observation, OperationOutcome, Parameters, Task } from 'fhir/r4.js'
import { cprOf, emergencyView, person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

const SNOMED = 'http://snomed.info/sct'
const FOR_CPR = '450475007'
const NOT_FOR_CPR = '450476008'
const TELL = { Prefer: 'return=OperationOutcome' }
const V = { system: 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality', code: 'V' }

const margaret = person('margaret')

let service: TestService
let gp: FhirRequest
let hospital: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  hospital = await service.fhir('hospital')
  patient = await register(gp, margaret)
})
afterAll(() => service.stop())

const concept = (code: string) => ({ coding: [{ system: SNOMED, code }] })
const flag = (code: string, more: object = {}) => ({
  resourceType: 'Flag',
  status: 'active',
  code: concept(code),
  subject: { reference: `Patient/${patient}` },
  ...more,
})
const observation = (code: string, more: object = {}) => ({
  resourceType: 'Observation',
  status: 'final',
  code: { text: 'Resuscitation status' },
  valueCodeableConcept: concept(code),
  subject: { reference: `Patient/${patient}` },
  ...more,
})

/** What whoever stores this is told, and under which key it stands. */
const stored = async (client: FhirRequest, resource: object): Promise<readonly [key: string, said: string[]]> => {
  const { resourceType } = resource as { resourceType: string }
  const { status, headers, body, text } = await client<OperationOutcome>('POST', `/${resourceType}`, resource, TELL)
  expect([status, text]).toEqual([201, text])
  const said = body.issue.filter(({ severity }) => severity !== 'information')
  return [
    /[A-Z][A-Za-z]+\/[0-9a-f-]{36}/.exec(headers.get('location') ?? '')?.[0] ?? '',
    said.map(({ severity, details }) => `${severity} ${details?.coding?.[0]?.code}`),
  ]
}

const WARNED = ['warning stated-otherwise']

const asked = async (): Promise<string[]> => {
  const { body } = await gp<Bundle<Task>>('GET', `/Task?patient=${patient}&code=resolve-conflict`)
  const tasks = (body.entry ?? []).filter(({ search }) => search?.mode === 'match')
  return tasks.map(({ resource }) => `${resource?.status} ${resource?.input?.[0]?.valueString}`).sort()
}

const conflicts = async (client: FhirRequest): Promise<(string | undefined)[]> => {
  const { status, body, text } = await client<Parameters>('GET', `/Patient/${patient}/$plan-conflicts`)
  expect([status, text]).toEqual([200, text])
  return (body.parameter ?? [])
    .filter(({ part }) => part?.some(({ valueCode }) => valueCode === 'statement-and-recommendation') === true)
    .map(({ part }) => part?.filter(({ name }) => name === 'between').at(-1)?.valueReference?.reference)
    .sort()
}

test('where no plan in force says anything of CPR, whoever stores it is told that crews are not shown it; nothing is to be settled', async () => {
  const [key, said] = await stored(hospital, flag(NOT_FOR_CPR))
  expect([said, await asked(), await conflicts(gp)]).toEqual([WARNED, [], []])
  expect((await hospital('DELETE', `/${key}`)).status).toBe(204)
})

describe('beside a plan that says that CPR is not recommended', () => {
  beforeAll(async () => {
    await submit(gp, patient, margaret.conversations[2])
  })

  test('what says the same, or nothing of it, is stored without a word', async () => {
    for (const same of [
      flag(NOT_FOR_CPR),
      observation(NOT_FOR_CPR),
      flag('304253006'),
      flag(FOR_CPR, { status: 'inactive' }),
      observation(FOR_CPR, { status: 'entered-in-error' }),
      observation(FOR_CPR, { effectiveDateTime: '2019-01-01' }),
      { ...observation(FOR_CPR), code: concept(FOR_CPR), valueCodeableConcept: undefined, valueBoolean: false },
      {
        resourceType: 'Flag',
        status: 'active',
        code: { text: 'Diabetes' },
        subject: { reference: `Patient/${patient}` },
      },
    ])
      expect([same, (await stored(hospital, same))[1]]).toEqual([same, []])
    expect([await asked(), await conflicts(gp)]).toEqual([[], []])
  })

  test.each<[what: string, resource: () => object]>([
    ['a Flag', () => flag(FOR_CPR)],
    ['a Flag by the older code', () => flag('304252001')],
    ['an Observation by its value', () => observation(FOR_CPR)],
    [
      'an Observation by its code',
      () => ({ ...observation(FOR_CPR), code: concept(FOR_CPR), valueCodeableConcept: undefined, valueBoolean: true }),
    ],
  ])(
    '%s that says otherwise: its sender is told, the custodian asked, and $plan-conflicts names both until it ends',
    async (_what, resource) => {
      const [key, said] = await stored(hospital, resource())
      expect(said).toEqual(WARNED)
      expect(await asked()).toContain(`requested ${key}`)
      expect(await conflicts(gp)).toEqual([key])
      expect(cprOf(await emergencyView(await service.fhir('ambulance'), margaret))).toBe('not-recommended')
      expect((await hospital('DELETE', `/${key}`)).status).toBe(204)
      expect(await conflicts(gp)).toEqual([])
      const open = (await asked()).filter((task) => !task.startsWith('completed'))
      expect(open).toEqual([])
    },
  )

  test('the Task is over when the Flag is made inactive, and asked again when it is active again; one that somebody ended is not', async () => {
    const [key] = await stored(hospital, flag(FOR_CPR))
    const id = key.split('/')[1]
    const again = async (more: object) =>
      expect((await hospital('PUT', `/${key}`, { ...flag(FOR_CPR, more), id })).status).toBe(200)
    await again({ status: 'inactive' })
    expect(await asked()).toContain(`completed ${key}`)
    await again({ period: { start: '2026-01-01' } })
    expect(await asked()).toContain(`requested ${key}`)

    // Whoever works on the Task and corrects the Flag in one transaction has the last word about the Task.
    const task = async (): Promise<Task | undefined> => {
      const { body } = await gp<Bundle<Task>>('GET', `/Task?patient=${patient}&code=resolve-conflict`)
      return body.entry?.find(({ resource }) => resource?.input?.[0]?.valueString === key)?.resource
    }
    const works = async (status: Task['status'], resource: object): Promise<void> => {
      const held = await task()
      const entry = [
        { resource, request: { method: 'PUT', url: key } },
        {
          resource: { ...held, status },
          request: { method: 'PUT', url: `Task/${held?.id}`, ifMatch: `W/"${held?.meta?.versionId}"` },
        },
      ]
      const { status: answered, text } = await gp('POST', '/', { resourceType: 'Bundle', type: 'transaction', entry })
      expect([answered, text]).toEqual([200, text])
      expect(await asked()).toContain(`${status} ${key}`)
    }
    await works('in-progress', { ...flag(FOR_CPR, { status: 'inactive' }), id })
    await works('completed', { ...flag(FOR_CPR), id })
    await again({ period: { start: '2026-01-02' } })
    expect(await asked()).toContain(`completed ${key}`)
    expect(await conflicts(gp)).toEqual([key])
    expect((await hospital('DELETE', `/${key}`)).status).toBe(204)
  })

  test.each(['batch', 'transaction'] as const)('also in a %s, whose answer says so', async (type) => {
    const { status, body } = await hospital<Bundle>('POST', '/', {
      resourceType: 'Bundle',
      type,
      entry: [{ resource: flag(FOR_CPR), request: { method: 'POST', url: 'Flag' } }],
    })
    const { outcome, location = '' } = body.entry?.[0]?.response ?? {}
    expect([status, issueKeys(outcome)]).toEqual([200, ['stated-otherwise']])
    const key = /Flag\/[0-9a-f-]{36}/.exec(location)?.[0] ?? ''
    expect(await conflicts(gp)).toEqual([key])
    expect((await hospital('DELETE', `/${key}`)).status).toBe(204)
  })

  test('who may not see the plan is not told what it says', async () => {
    const narrow = await service.fhir('hospital', 'system/Flag.crud')
    const [key, said] = await stored(narrow, flag(FOR_CPR))
    expect(said).toEqual([])
    expect(await asked()).toContain(`requested ${key}`)
    expect((await hospital('DELETE', `/${key}`)).status).toBe(204)
  })

  test('of what is very restricted nobody else learns, neither by a Task nor by $plan-conflicts', async () => {
    const before = await asked()
    const [key, said] = await stored(gp, { ...flag(FOR_CPR), meta: { security: [V] } })
    expect([said, await asked()]).toEqual([WARNED, before])
    expect([await conflicts(gp), await conflicts(hospital)]).toEqual([[key], []])
    expect((await gp('DELETE', `/${key}`)).status).toBe(204)
  })

  test('what says nothing of CPR costs one statement, as before', async () => {
    const other = { ...flag(FOR_CPR), code: { text: 'Diabetes' } }
    expect(await statements(service, () => hospital<Flag | Observation>('POST', '/Flag', other))).toBe(1)
  })
})
