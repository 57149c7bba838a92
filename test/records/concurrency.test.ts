import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, FhirResource, Goal, OperationOutcome, Patient } from 'fhir/r4.js'
import { cprOf, emergencyView, person, register, submission, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'
import { until } from '../support/until.ts'

let service: TestService
let gp: FhirRequest
let crew: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
})

afterAll(() => service.stop())

const times = <Result>(count: number, act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

const counted = (statuses: readonly number[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

describe('concurrent writes', () => {
  test('of 20 conditional creates of one person, one creates and all answer the same Patient (http.html#ccreate)', async () => {
    const { patient } = person('wales')
    const { id: _id, ...content } = patient
    const { system, value } = patient.identifier?.[0] ?? {}
    const condition = new URLSearchParams({ identifier: `${system}|${value}` }).toString()
    const answers = await times(20, () => gp<Patient>('POST', '/Patient', content, { 'If-None-Exist': condition }))
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 19, 201: 1 })
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
  })

  test('of 20 updates of one version, one wins and the others get 412 (http.html#concurrency)', async () => {
    const patient = await register(gp, person('england'))
    const { body: goal } = await gp<Goal>('POST', '/Goal', {
      resourceType: 'Goal',
      lifecycleStatus: 'proposed',
      description: { text: 'To be at home.' },
      subject: { reference: `Patient/${patient}` },
    })
    const answers = await times(20, (index) =>
      gp('PUT', `/Goal/${goal.id}`, { ...goal, description: { text: `Words ${index}` } }, { 'If-Match': 'W/"1"' }),
    )
    expect(counted(answers.map(({ status }) => status))).toEqual({ 200: 1, 412: 19 })
    const { body: history } = await gp<Bundle>('GET', `/Goal/${goal.id}/_history`)
    expect(history.entry).toHaveLength(2)
  })

  test('of 20 plans that replace the same plan, one becomes active and the others get 409 naming it (RSP-14)', async () => {
    const margaret = person('margaret')
    const patient = await register(gp, margaret)
    const first = await submit(gp, patient, margaret.conversations[1])
    const body = submission(patient, margaret.conversations[2] as never, `CarePlan/${first.id}`)
    const answers = await times(20, () =>
      gp<Bundle<FhirResource> | OperationOutcome>('POST', '/CarePlan/$submit', body),
    )
    expect(counted(answers.map(({ status }) => status))).toEqual({ 201: 1, 409: 19 })
    const { body: active } = await gp<Bundle<FhirResource>>('GET', `/CarePlan?patient=${patient}&status=active`)
    expect(active.entry).toHaveLength(1)
    const winner = `CarePlan/${active.entry?.[0]?.resource?.id}`
    for (const { status, body: answer, text } of answers) {
      if (status !== 409) continue
      expect(issueKeys(answer)).toContain('RSP-14')
      expect(text).toContain(winner)
    }
    expect(cprOf(await emergencyView(crew, margaret))).toBe('not-recommended')
  })

  test('transactions that change the same resources in opposite order all end, and none fails for the order (http.html#transaction)', async () => {
    const child = person('child')
    const patient = await register(gp, child)
    const goals = await times(2, async (index) => {
      const { body } = await gp<Goal>('POST', '/Goal', {
        resourceType: 'Goal',
        lifecycleStatus: 'proposed',
        description: { text: `Goal ${index}` },
        subject: { reference: `Patient/${patient}` },
      })
      return body
    })
    const answers = await times(20, (index) => {
      const ordered = index % 2 === 0 ? goals : goals.toReversed()
      return gp('POST', '', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: ordered.map((goal) => ({
          resource: { ...goal, description: { text: `Words ${index}` } },
          request: { method: 'PUT', url: `Goal/${goal.id}` },
        })),
      })
    })
    const statuses = counted(answers.map(({ status }) => status))
    expect(Object.keys(statuses).every((status) => status === '200' || status === '409')).toBe(true)
    for (const { status, headers } of answers)
      expect([status, headers.has('retry-after')]).toEqual([status, status === 409])
    expect(statuses['200']).toBeGreaterThan(0)
    const texts = await Promise.all(
      goals.map(async ({ id }) => (await gp<Goal>('GET', `/Goal/${id}`)).body.description.text),
    )
    expect(new Set(texts).size).toBe(1)
  })
})

describe('a database that is lost in the middle of a submit', () => {
  test('each submission is stored whole or not at all, and says 201, or 503 to try again', async () => {
    const names = ['objection'] as const
    const someone = person(names[0])
    const patient = await register(gp, someone)
    let over = false
    const killing = (async () => {
      while (!over) {
        await service.database.query(
          `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'keyplan' and state = 'active'`,
        )
      }
    })()
    const answers = await times(12, () =>
      gp<FhirResource>('POST', '/CarePlan/$submit', submission(patient, someone.conversations[1] as never)),
    )
    over = true
    await killing
    for (const { status } of answers) expect([201, 409, 503]).toContain(status)
    const [counts] = await service.database.query<{ plans: number; responses: number; provenances: number }>(
      `select count(*) filter (where type = 'CarePlan')::integer as plans, count(*) filter (where type = 'QuestionnaireResponse')::integer as responses,
        count(*) filter (where type = 'Provenance')::integer as provenances from resource where patient = $1`,
      [patient],
    )
    expect(counts?.plans).toBeLessThanOrEqual(1)
    expect(counts?.responses).toBe(counts?.plans)
    // The clinicians' signature, and the act of submitting.
    expect(counts?.provenances).toBe(2 * (counts?.plans ?? 0))
    // A connection that was ended last may be noticed only now.
    await until(
      async () => (await gp('GET', `/Patient/${patient}`)).status,
      (status) => status === 200,
    )
  })
})
