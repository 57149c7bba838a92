import { randomBytes } from 'node:crypto'
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
  test('1.6 million empty parameters in 5 MB are refused before they are read', async () => {
    const body = `{"resourceType":"Parameters","parameter":[${repeated('{}', 1_660_000)}]}`
    const { status, body: outcome } = await gp<OperationOutcome>('POST', '/Patient/$emergency-view', body)
    expect([status, issueKeys(outcome)]).toEqual([400, ['json-too-many-values']])
    await alive()
  })

  test('330,000 parameters without a name in 5 MB are refused with 200 issues and word of the rest', async () => {
    const body = `{"resourceType":"Parameters","parameter":[${repeated('{"name":false}', 330_000)}]}`
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

describe('a value that no index can hold is refused, and its sender told', () => {
  // Of random letters: what compresses well would fit.
  const long = (bytes: number): string => randomBytes(bytes).toString('hex').slice(0, bytes)
  const { patient: margaret } = person('margaret')
  const withNumber = (more: object) => ({
    ...margaret,
    identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990001234' }],
    ...more,
  })

  test.each<[string, () => object, string]>([
    ['an identifier', () => goal({ identifier: [{ value: long(9_000) }] }), 'Goal.identifier[0].value'],
    [
      'its system',
      () => goal({ identifier: [{ system: `urn:${long(9_000)}`, value: '1' }] }),
      'Goal.identifier[0].system',
    ],
    [
      'a code',
      () => goal({ category: [{ coding: [{ system: 'urn:a', code: long(9_000) }] }] }),
      'Goal.category[0].coding[0].code',
    ],
    [
      'a telephone number',
      () => withNumber({ telecom: [{ system: 'phone', value: long(9_000) }] }),
      'Patient.telecom[0].value',
    ],
    ['an address', () => goal({ meta: { profile: [`https://a.example/${long(1_000)}`] } }), 'Goal.meta.profile'],
    ['where it came from', () => goal({ meta: { source: `urn:${long(1_000)}` } }), 'Goal.meta.source'],
    [
      'a reference to elsewhere',
      () => goal({ expressedBy: { reference: `https://a.example/Patient/${long(1_000)}` } }),
      'Goal.expressedBy.reference',
    ],
    [
      'an identifier with the code of its type',
      () => goal({ identifier: [{ value: long(900), type: { coding: [{ code: 'x'.repeat(200) }] } }] }),
      'Goal.identifier[0].type',
    ],
    ['a family name', () => withNumber({ name: [{ family: long(9_000) }] }), 'Patient.name[0]'],
    ['a name of many', () => withNumber({ name: [{ family: 'A', given: Array(900).fill('Bo') }] }), 'Patient.name[0]'],
    ['letters that decompose', () => withNumber({ name: [{ family: '\ufdfa'.repeat(40) }] }), 'Patient.name[0]'],
    ['a postcode', () => withNumber({ address: [{ postalCode: long(9_000) }] }), 'Patient.address[0].postalCode'],
  ])('%s', async (_about, make, expression) => {
    const resource = make() as { resourceType: string }
    const { status, body } = await gp<OperationOutcome>('POST', `/${resource.resourceType}`, resource)
    expect(status).toBe(400)
    expect(body.issue.map((found) => [found.details?.coding?.[0]?.code, found.expression?.[0]])).toEqual([
      ['value-too-long', expression],
    ])
  })

  test('in a conditional create and in a search', async () => {
    const value = long(9_000)
    const identifier = [{ system: 'urn:a', value }]
    const conditional = await gp('POST', '/Goal', goal({ identifier }), {
      'If-None-Exist': `identifier=urn:a|${value}`,
    })
    expect([conditional.status, issueKeys(conditional.body)]).toEqual([400, ['value-too-long']])
    const search = await gp('POST', '/Goal/_search', `identifier=urn:a|${value}`, {
      'Content-Type': 'application/x-www-form-urlencoded',
    })
    expect([search.status, issueKeys(search.body)]).toEqual([400, ['value-too-long']])
  })

  test('and what is as long as can be is stored and found', async () => {
    const identifier = { system: `urn:${long(996)}`, value: long(1_000) }
    const ofItsType = {
      ...identifier,
      value: long(998),
      type: { coding: [{ system: identifier.system, code: 'x' }], text: '\u4e16'.repeat(9_000) },
    }
    const { status, body } = await gp<{ id: string }>(
      'POST',
      '/Goal',
      goal({
        identifier: [identifier, ofItsType],
        meta: { profile: [`urn:${long(996)}`], source: `urn:${long(996)}` },
        category: [{ text: long(9_000), coding: [{ system: identifier.system, code: long(1_000) }] }],
        expressedBy: { reference: `https://a.example/Patient/${long(64)}`, identifier },
      }),
    )
    expect(status).toBe(201)
    const found = await gp<Bundle>('POST', '/Goal/_search', `identifier=${identifier.system}|${identifier.value}`, {
      'Content-Type': 'application/x-www-form-urlencoded',
    })
    expect(found.body.entry?.map(({ resource }) => resource?.id)).toEqual([body.id])
  })

  test('a reference to a type of 9,000 letters is no reference', async () => {
    const { status } = await gp(
      'POST',
      '/Goal',
      goal({ extension: [{ url: 'urn:a', valueReference: { reference: `A${'b'.repeat(9_000)}/1` } }] }),
    )
    expect(status).toBeLessThan(500)
  })
})
