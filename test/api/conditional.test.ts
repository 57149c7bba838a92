import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CarePlan, FhirResource, Goal, Organization } from 'fhir/r4.js'
import { person, register, submit } from '../support/people.ts'
import { type FhirRequest, issueKeys, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest
let patient: string

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
})

afterAll(() => service.stop())

const goal = (value: string | undefined, text = 'To see the sea.', more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text },
  subject: { reference: `Patient/${patient}` },
  ...(value === undefined ? {} : { identifier: [{ system: 'urn:test', value }] }),
  ...more,
})

const identified = (value: string): string => `identifier=${encodeURIComponent(`urn:test|${value}`)}`

const at = (value: string): string => `/Goal?${identified(value)}`

const goals = async (query: string): Promise<Goal[]> =>
  ((await gp<Bundle<FhirResource>>('GET', `/Goal?${query}`)).body.entry ?? []).flatMap(({ resource }) =>
    resource?.resourceType === 'Goal' ? [resource] : [],
  )

const times = <Result>(count: number, act: (index: number) => Promise<Result>): Promise<Result[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => act(index)))

const counted = (answers: readonly { status: number }[]): Record<string, number> => {
  const counts: Record<string, number> = {}
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

describe('conditional update (http://hl7.org/fhir/R4/http.html#cond-update)', () => {
  test('no match and no id: creates, under an id that the server gives', async () => {
    const { status, body, headers } = await gp<Goal>('PUT', at('u1'), goal('u1'))
    expect(status).toBe(201)
    expect(headers.get('location')).toBe(`${service.baseUrl}/fhir/Goal/${body.id}/_history/1`)
    expect(await goals(identified('u1'))).toEqual([body])
  })

  test('no match, and an id: creates under that id', async () => {
    const id = randomUUID()
    const { status, body } = await gp<Goal>('PUT', at('u2'), goal('u2', 'x', { id }))
    expect([status, body.id]).toEqual([201, id])
  })

  test('no match, and the id of another: 409, and the other stays as it is', async () => {
    const { body: other } = await gp<Goal>('POST', '/Goal', goal('u3-other'))
    const { status, body } = await gp('PUT', at('u3'), goal('u3', 'x', { id: other.id }))
    expect([status, issueKeys(body)]).toEqual([409, ['id-in-use']])
    expect((await gp('GET', `/Goal/${other.id}`)).body).toEqual(other)
  })

  test('one match: its next version, with or without its id in the body', async () => {
    const { body: first } = await gp<Goal>('PUT', at('u4'), goal('u4', 'a'))
    const second = await gp<Goal>('PUT', at('u4'), goal('u4', 'b'))
    const third = await gp<Goal>('PUT', at('u4'), goal('u4', 'c', { id: first.id }))
    expect([second, third].map(({ status, body }) => [status, body.id, body.meta?.versionId])).toEqual([
      [200, first.id, '2'],
      [200, first.id, '3'],
    ])
  })

  test('one match, and another id in the body: 400', async () => {
    await gp('PUT', at('u5'), goal('u5'))
    const { status, body } = await gp('PUT', at('u5'), goal('u5', 'x', { id: randomUUID() }))
    expect([status, issueKeys(body)]).toEqual([400, ['id-mismatch']])
  })

  test('more than one match: 412, and nothing is changed', async () => {
    await gp('POST', '/Goal', goal('u6', 'a'))
    await gp('POST', '/Goal', goal('u6', 'b'))
    const { status, body } = await gp('PUT', at('u6'), goal('u6', 'c'))
    expect([status, issueKeys(body)]).toEqual([412, ['multiple-matches']])
    expect((await goals(identified('u6'))).map(({ description }) => description.text).sort()).toEqual(['a', 'b'])
  })

  test('If-Match holds for what is found', async () => {
    await gp('PUT', at('u7'), goal('u7'))
    expect((await gp('PUT', at('u7'), goal('u7', 'x'), { 'If-Match': 'W/"2"' })).status).toBe(412)
    expect((await gp('PUT', at('u7'), goal('u7', 'x'), { 'If-Match': 'W/"1"' })).status).toBe(200)
    expect((await gp('PUT', at('u7-none'), goal('u7-none'), { 'If-Match': 'W/"1"' })).status).toBe(412)
    expect(await goals(identified('u7-none'))).toEqual([])
  })

  test('If-None-Match: * allows the first alone', async () => {
    const only = { 'If-None-Match': '*' }
    expect((await gp('PUT', at('u8'), goal('u8'), only)).status).toBe(201)
    expect((await gp('PUT', at('u8'), goal('u8'), only)).status).toBe(412)
  })

  test('a type of versioned-update needs If-Match once there is a match: 428', async () => {
    const plan = {
      resourceType: 'CarePlan',
      status: 'draft',
      intent: 'plan',
      subject: { reference: `Patient/${patient}` },
    }
    const draft = { ...plan, identifier: [{ system: 'urn:test', value: 'draft' }] }
    const path = `/CarePlan?${identified('draft')}`
    expect((await gp('PUT', path, draft)).status).toBe(201)
    expect((await gp('PUT', path, draft)).status).toBe(428)
    expect((await gp('PUT', path, draft, { 'If-Match': 'W/"1"' })).status).toBe(200)
  })

  test('needs the scope to search as well', async () => {
    const client = await service.fhir('gp-practice', 'system/Goal.cru')
    expect((await client('PUT', at('u9'), goal('u9'))).status).toBe(403)
  })

  test('an identifier in the condition must be one of the resource: 400', async () => {
    expect(issueKeys((await gp('PUT', at('u10'), goal('somebody-else'))).body)).toEqual(['condition-foreign'])
  })
})

describe('a condition that is not understood whole (http://hl7.org/fhir/R4/http.html#cond-update)', () => {
  const lenient = { Prefer: 'handling=lenient' }

  test.each([
    ['PUT', 'shoe-size=9', 'search-parameter-unknown'],
    ['DELETE', 'shoe-size=9', 'search-parameter-unknown'],
    ['PATCH', 'shoe-size=9', 'search-parameter-unknown'],
    ['DELETE', `${identified('none')}&shoe-size=9`, 'search-parameter-unknown'],
    ['DELETE', `${identified('none')}&_count=1`, 'condition-not-supported'],
    ['DELETE', '_sort=_id', 'condition-not-supported'],
    ['DELETE', 'identifier=', 'search-value-invalid'],
    ['DELETE', '', 'criteria-missing'],
    ['PUT', '', 'criteria-missing'],
    ['PATCH', '', 'criteria-missing'],
  ])(
    '%s with "%s" is refused, lenient or not (a delete with unknown criteria matches nothing at all)',
    async (method, query, key) => {
      const before = await goals('_count=200')
      const body =
        method === 'PUT'
          ? goal('none')
          : method === 'PATCH'
            ? [{ op: 'replace', path: '/language', value: 'en' }]
            : undefined
      const headers = {
        ...lenient,
        ...(method === 'PATCH' ? { 'Content-Type': 'application/json-patch+json' } : {}),
      }
      const answer = await gp(method, `/Goal?${query}`, body === undefined ? undefined : JSON.stringify(body), headers)
      expect([answer.status, issueKeys(answer.body)]).toEqual([400, [key]])
      expect(await goals('_count=200')).toEqual(before)
    },
  )
})

describe('no header is silently passed over', () => {
  test.each([
    ['POST', '/Goal', 'If-Match', 'W/"1"'],
    ['POST', '/Goal', 'If-None-Match', '*'],
    ['PUT', '/Goal/header', 'If-None-Exist', identified('h')],
    ['PATCH', '/Goal/header', 'If-None-Match', '*'],
    ['PATCH', '/Goal/header', 'If-None-Exist', identified('h')],
    ['DELETE', '/Goal/header', 'If-None-Match', '*'],
    ['DELETE', '/Goal/header', 'If-None-Exist', identified('h')],
  ])('%s %s with %s: %s is 400', async (method, path, header, value) => {
    const body =
      method === 'DELETE' ? undefined : method === 'PATCH' ? '[]' : JSON.stringify(goal('h', 'x', { id: 'header' }))
    const type = method === 'PATCH' ? { 'Content-Type': 'application/json-patch+json' } : {}
    const answer = await gp(method, path, body, { ...type, [header]: value })
    expect([answer.status, issueKeys(answer.body)]).toEqual([400, ['condition-meaningless']])
  })
})

describe('conditional patch (http://hl7.org/fhir/R4/http.html#patch)', () => {
  const patch = (path: string, text: string, headers: object = {}) =>
    gp<Goal>('PATCH', path, JSON.stringify([{ op: 'replace', path: '/description/text', value: text }]), {
      'Content-Type': 'application/json-patch+json',
      ...headers,
    })

  test('no match: 404; one: patched; more: 412', async () => {
    expect((await patch(at('p1'), 'x')).status).toBe(404)
    const { body: first } = await gp<Goal>('POST', '/Goal', goal('p1'))
    const { status, body } = await patch(at('p1'), 'By condition.')
    expect([status, body.id, body.description.text]).toEqual([200, first.id, 'By condition.'])
    await gp('POST', '/Goal', goal('p1'))
    expect((await patch(at('p1'), 'x')).status).toBe(412)
  })

  test('If-Match holds for what is found', async () => {
    await gp('POST', '/Goal', goal('p2'))
    expect((await patch(at('p2'), 'x', { 'If-Match': 'W/"2"' })).status).toBe(412)
    expect((await patch(at('p2'), 'x', { 'If-Match': 'W/"1"' })).status).toBe(200)
  })
})

describe('conditional delete (http://hl7.org/fhir/R4/http.html#cdelete)', () => {
  test('one match: it is gone; then none: 204, and nothing happens', async () => {
    const { body } = await gp<Goal>('POST', '/Goal', goal('d1'))
    const deleted = await gp('DELETE', at('d1'))
    expect([deleted.status, deleted.headers.get('etag')]).toEqual([204, 'W/"2"'])
    expect((await gp('GET', `/Goal/${body.id}`)).status).toBe(410)
    const again = await gp('DELETE', at('d1'))
    expect([again.status, again.headers.get('etag'), again.text]).toEqual([204, null, ''])
  })

  test('more than one match: 412, and none is deleted', async () => {
    await gp('POST', '/Goal', goal('d2'))
    await gp('POST', '/Goal', goal('d2'))
    const { status, body } = await gp('DELETE', at('d2'))
    expect([status, issueKeys(body)]).toEqual([412, ['multiple-matches']])
    expect(await goals(identified('d2'))).toHaveLength(2)
  })

  test('what is never deleted is not deleted by a condition: 405', async () => {
    expect((await gp('DELETE', '/Provenance?target=Patient/1')).status).toBe(405)
  })

  test('what a plan in force is made of is not deleted by a condition: 409', async () => {
    const england = person('england')
    const plan = await submit(gp, await register(gp, england), england.conversations[0])
    expect((await gp('DELETE', `/CarePlan?_id=${plan.id}`)).status).toBe(409)
    expect((await gp<CarePlan>('GET', `/CarePlan/${plan.id}`)).body.status).toBe('active')
  })

  test('what the caller may not see is not found, and stays', async () => {
    const objector = person('objection')
    const id = await register(gp, objector)
    for (const conversation of objector.conversations) await submit(gp, id, conversation)
    const { body } = await gp<Goal>('POST', '/Goal', goal('hidden', 'x', { subject: { reference: `Patient/${id}` } }))
    const hospital = await service.fhir('hospital')
    expect((await hospital('DELETE', at('hidden'))).status).toBe(204)
    expect((await gp('GET', `/Goal/${body.id}`)).status).toBe(200)
  })
})

describe('conditions and concurrency (http://hl7.org/fhir/R4/http.html#concurrency)', () => {
  test('of 20 conditional creates under one identifier, one creates and all answer the same', async () => {
    const answers = await times(20, () => gp<Goal>('POST', '/Goal', goal('c1'), { 'If-None-Exist': identified('c1') }))
    expect(counted(answers)).toEqual({ 200: 19, 201: 1 })
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  test('also of 20 whose conditions say more than the identifier, each in other words', async () => {
    const conditions = [identified('c2'), `${identified('c2')}&patient=${patient}`]
    const answers = await times(20, (index) =>
      gp<Goal>('POST', '/Goal', goal('c2'), { 'If-None-Exist': conditions[index % 2] ?? '' }),
    )
    expect(counted(answers)).toEqual({ 200: 19, 201: 1 })
    expect(await goals(identified('c2'))).toHaveLength(1)
  })

  test('also of 20 under a condition that has no identifier', async () => {
    const id = await register(gp, person('wales'))
    const subject = { reference: `Patient/${id}` }
    const answers = await times(20, (index) =>
      gp<Goal>('POST', '/Goal', goal(undefined, 'x', { subject }), {
        'If-None-Exist':
          index % 2 === 0 ? `patient=${id}&lifecycle-status=proposed` : `lifecycle-status=proposed&patient=${id}`,
      }),
    )
    expect(counted(answers)).toEqual({ 200: 19, 201: 1 })
    expect(await goals(`patient=${id}`)).toHaveLength(1)
  })

  test('of 20 conditional updates that find nothing, one creates and the others update what it created', async () => {
    const answers = await times(20, (index) => gp<Goal>('PUT', at('c3'), goal('c3', `Words ${index}`)))
    expect(counted(answers)).toEqual({ 200: 19, 201: 1 })
    const [one, ...others] = await goals(identified('c3'))
    expect([others.length, one?.meta?.versionId]).toEqual([0, '20'])
    expect(new Set(answers.map(({ body }) => body.meta?.versionId)).size).toBe(20)
  })

  test('of 20 that name their own ids, one creates, and the others are told that theirs is not what is found', async () => {
    const answers = await times(20, () => gp('PUT', at('c4'), goal('c4', 'x', { id: randomUUID() })))
    expect(counted(answers)).toEqual({ 201: 1, 400: 19 })
    expect(await goals(identified('c4'))).toHaveLength(1)
  })

  test('in two processes as in one', async () => {
    const other = await startService({ database: service.database })
    try {
      const there = await other.fhir('gp-practice')
      const organization = (value: string): Organization => ({
        resourceType: 'Organization',
        name: 'A practice',
        identifier: [{ system: 'urn:test', value }],
      })
      for (const value of ['two-1', 'two-2', 'two-3']) {
        const answers = await times(20, (index) =>
          (index % 2 === 0 ? gp : there)('PUT', `/Organization?${identified(value)}`, organization(value)),
        )
        expect(counted(answers)).toEqual({ 200: 19, 201: 1 })
      }
    } finally {
      await other.stop()
    }
  })

  test('of 20 updates that only create under one id, one creates and the others get 412', async () => {
    const id = randomUUID()
    const answers = await times(20, () =>
      gp('PUT', `/Goal/${id}`, goal(undefined, 'x', { id }), { 'If-None-Match': '*' }),
    )
    expect(counted(answers)).toEqual({ 201: 1, 412: 19 })
  })

  test('two that are created under one condition in one transaction are refused with 400, not one of them dropped', async () => {
    const entry = (text: string) => ({
      resource: goal('c5', text),
      request: { method: 'POST', url: 'Goal', ifNoneExist: identified('c5') },
    })
    const other = {
      ...entry('b'),
      request: { method: 'POST', url: 'Goal', ifNoneExist: `${identified('c5')}&patient=${patient}` },
    }
    const answer = await gp('POST', '', { resourceType: 'Bundle', type: 'transaction', entry: [entry('a'), other] })
    expect([answer.status, issueKeys(answer.body)]).toEqual([400, ['duplicate-change']])
    expect(await goals(identified('c5'))).toEqual([])
  })

  test('of 20 transactions that create two under two conditions, in opposite orders, one creates both and all find the same', async () => {
    const entry = (value: string) => ({
      resource: goal(value),
      request: { method: 'POST', url: 'Goal', ifNoneExist: identified(value) },
    })
    const answers = await times(20, (index) =>
      gp<Bundle>('POST', '', {
        resourceType: 'Bundle',
        type: 'transaction',
        entry: index % 2 === 0 ? [entry('t1'), entry('t2')] : [entry('t2'), entry('t1')],
      }),
    )
    expect(counted(answers)).toEqual({ 200: 20 })
    const outcomes = answers.map(({ body }) => body.entry?.map(({ response }) => response?.status?.slice(0, 3)).join())
    expect(outcomes.sort()).toEqual([...Array.from({ length: 19 }, () => '200,200'), '201,201'])
    expect([...(await goals(identified('t1'))), ...(await goals(identified('t2')))]).toHaveLength(2)
  })

  test('what somebody found while another changed it is looked for again', async () => {
    await gp('POST', '/Goal', goal('c6'))
    const answers = await times(20, (index) =>
      index % 2 === 0 ? gp('DELETE', at('c6')) : gp<Goal>('PUT', at('c6'), goal('c6', `Words ${index}`)),
    )
    for (const { status } of answers) expect([200, 201, 204]).toContain(status)
    expect((await goals(identified('c6'))).length).toBeLessThanOrEqual(1)
  })

  test('a condition is kept as a digest: what it holds of a person stands nowhere else', async () => {
    const rows = await service.database.query<{ type: string; key: string }>('select type, key from condition_used')
    expect(rows.length).toBeGreaterThan(5)
    for (const { key } of rows) expect(key).toMatch(/^[\w-]{43}$/)
  })
})
