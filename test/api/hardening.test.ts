import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, OperationOutcome } from 'fhir/r4.js'
import { person, register } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

/** What costs the sender little must not cost the service much. */
let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const goal = (more: object = {}) => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: 'Words.' },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

const repeated = (text: string, times: number): string => Array<string>(times).fill(text).join(',')

/** Whoever asks next is answered. */
const alive = async (): Promise<void> => {
  expect((await gp('GET', `/Patient/${patient}`)).status).toBe(200)
}

describe('an answer stays small, however much is wrong', () => {
  test('1.6 million nameless parameters in 5 MB are refused with 200 issues and word of the rest', async () => {
    const body = `{"resourceType":"Parameters","parameter":[${repeated('{}', 1_660_000)}]}`
    const { status, text, body: outcome } = await gp<OperationOutcome>('POST', '/Patient/$emergency-view', body)
    expect(status).toBe(400)
    expect(outcome.issue).toHaveLength(201)
    expect(issueKeys(outcome).at(-1)).toBe('more-issues')
    expect(text.length).toBeLessThan(150_000)
    await alive()
  })

  test('150,000 references that name nothing are refused with 200 issues', async () => {
    const body = JSON.stringify(goal({ addresses: [] })).replace(
      '"addresses":[]',
      `"addresses":[${repeated('{"reference":"urn:x"}', 150_000)}]`,
    )
    const { status, text, body: outcome } = await gp<OperationOutcome>('POST', '/Goal', body)
    expect(status).toBe(400)
    expect(new Set(issueKeys(outcome))).toEqual(new Set(['reference-unresolved', 'more-issues']))
    expect(text.length).toBeLessThan(150_000)
  })

  test('a form of 20,000 parameters is refused shortly', async () => {
    const { status, text } = await gp(
      'POST',
      '/Goal/_search',
      Array.from({ length: 16_000 }, (_, index) => `x${index % 10}=`).join('&'),
      { 'Content-Type': 'application/x-www-form-urlencoded' },
    )
    expect(status).toBe(400)
    expect(text.length).toBeLessThan(150_000)
  })

  test('a Bundle of 1,000 broken resources is refused with 200 issues', async () => {
    const entry = {
      request: { method: 'POST', url: 'Goal' },
      resource: goal({ nonsense: 1, more: 2, lifecycleStatus: 'x' }),
    }
    const bundle = { resourceType: 'Bundle', type: 'transaction', entry: Array(1_000).fill(entry) }
    const { status, body: outcome } = await gp<OperationOutcome>('POST', '', bundle)
    expect(status).toBe(400)
    expect(outcome.issue).toHaveLength(201)
  })
})

describe('the answer to a batch has a size that it does not exceed', () => {
  test('reads beyond it are refused as too costly, and writes are told without their content', async () => {
    const big = (await gp<{ id: string }>('POST', '/Goal', goal({ note: [{ text: 'x'.repeat(1_000_000) }] }))).body
    const read = { request: { method: 'GET', url: `Goal/${big.id}` } }
    const write = { request: { method: 'POST', url: 'Goal' }, resource: goal() }
    const { status, text, body } = await gp<Bundle>(
      'POST',
      '',
      { resourceType: 'Bundle', type: 'batch', entry: [...Array(100).fill(read), write] },
      { Prefer: 'return=representation' },
    )
    expect(status).toBe(200)
    expect(text.length).toBeLessThan(21_000_000)
    const statuses = (body.entry ?? []).map(({ response }) => response?.status)
    expect(statuses).toEqual([...Array(19).fill('200 OK'), ...Array(81).fill('413 Payload Too Large'), '201 Created'])
    const last = body.entry?.at(-1)
    expect(last?.resource).toBeUndefined()
    expect(last?.response?.location).toMatch(/^Goal\//)
    for (const entry of [body.entry?.[50], last]) {
      const outcome = entry?.response?.outcome as OperationOutcome | undefined
      expect(outcome?.issue[0]?.code).toBe('too-costly')
    }
    const stored = await gp('GET', `/${last?.response?.location}`)
    expect(stored.status).toBe(200)
  })
})
