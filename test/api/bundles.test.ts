import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Bundle, CareTeam, FhirResource, Goal } from 'fhir/r4.js'
import { person, register } from '../support/people.ts'
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

const goal = (words: string, more: object = {}): Goal => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: words },
  subject: { reference: `Patient/${patient}` },
  ...more,
})

type Entry = { fullUrl?: string; resource?: object; request?: { method: string; url: string } & Record<string, string> }
const bundle = (type: string, ...entry: Entry[]) => ({ resourceType: 'Bundle', type, entry })
const send = (body: object, headers: Record<string, string> = {}) => gp<Bundle<FhirResource>>('POST', '', body, headers)
/** The resource of an entry, of the type that the request asked for. */
const resourceAt = <R>(body: Bundle, index: number): R => body.entry?.[index]?.resource as R
const statuses = (body: Bundle): (string | undefined)[] => (body.entry ?? []).map(({ response }) => response?.status)

describe('transaction (http.html#transaction)', () => {
  test('answers each entry in the order of the request, references between new resources resolved', async () => {
    const old = (await gp<Goal>('POST', '/Goal', goal('Old.'))).body
    const gone = (await gp<Goal>('POST', '/Goal', goal('Gone.'))).body
    const member = `urn:uuid:${randomUUID()}`
    const { status, body } = await send(
      bundle(
        'transaction',
        { request: { method: 'GET', url: `Goal?_id=${old.id}` } },
        { request: { method: 'PUT', url: `Goal/${old.id}` }, resource: { ...old, description: { text: 'New.' } } },
        {
          request: { method: 'POST', url: 'CareTeam' },
          resource: {
            resourceType: 'CareTeam',
            status: 'active',
            subject: { reference: `Patient/${patient}` },
            participant: [{ member: { reference: member } }],
          },
        },
        {
          fullUrl: member,
          request: { method: 'POST', url: 'RelatedPerson' },
          resource: { resourceType: 'RelatedPerson', active: true, patient: { reference: `Patient/${patient}` } },
        },
        { request: { method: 'DELETE', url: `Goal/${gone.id}` } },
      ),
      { Prefer: 'return=representation' },
    )
    expect(status).toBe(200)
    expect(body.type).toBe('transaction-response')
    expect(statuses(body)).toEqual(['200 OK', '200 OK', '201 Created', '201 Created', '204 No Content'])
    const related = body.entry?.[3]
    // The read sees what the update of the same transaction wrote (http.html#trules).
    expect(resourceAt<Bundle<Goal>>(body, 0).entry?.[0]?.resource?.description.text).toBe('New.')
    expect(resourceAt<CareTeam>(body, 2).participant?.[0]?.member?.reference).toBe(
      `RelatedPerson/${related?.resource?.id}`,
    )
    expect(related?.response).toMatchObject({
      etag: 'W/"1"',
      location: `RelatedPerson/${related?.resource?.id}/_history/1`,
    })
    expect((await gp('GET', `/Goal/${gone.id}`)).status).toBe(410)
  })

  test('answers with no resources unless they are preferred', async () => {
    const { body } = await send(
      bundle('transaction', { request: { method: 'POST', url: 'Goal' }, resource: goal('One.') }),
    )
    expect(body.entry?.[0]?.resource).toBeUndefined()
    expect(body.entry?.[0]?.response?.location).toMatch(/^Goal\/.+\/_history\/1$/)
  })

  test('stores nothing where one entry is wrong, and says which', async () => {
    const id = randomUUID()
    const { status, body } = await send(
      bundle(
        'transaction',
        { request: { method: 'PUT', url: `Goal/${id}` }, resource: goal('Fine.', { id }) },
        { request: { method: 'POST', url: 'Goal' }, resource: { resourceType: 'Goal', lifecycleStatus: 'nonsense' } },
      ),
    )
    expect(status).toBeGreaterThanOrEqual(400)
    expect(JSON.stringify(body)).toContain('Bundle.entry[1].resource')
    expect((await gp('GET', `/Goal/${id}`)).status).toBe(404)
  })

  test('stores nothing where a version has moved on: 412', async () => {
    const { body: old } = await gp<Goal>('POST', '/Goal', goal('Old.'))
    const id = randomUUID()
    const { status } = await send(
      bundle(
        'transaction',
        { request: { method: 'PUT', url: `Goal/${id}` }, resource: goal('Fine.', { id }) },
        { request: { method: 'PUT', url: `Goal/${old.id}`, ifMatch: 'W/"9"' }, resource: old },
      ),
    )
    expect(status).toBe(412)
    expect((await gp('GET', `/Goal/${id}`)).status).toBe(404)
  })

  test('creates conditionally', async () => {
    const organization = {
      resourceType: 'Organization',
      name: 'A practice',
      identifier: [{ system: 'urn:test', value: 'bundle' }],
    }
    const one = bundle('transaction', {
      request: { method: 'POST', url: 'Organization', ifNoneExist: 'identifier=urn:test|bundle' },
      resource: organization,
    })
    expect(statuses((await send(one)).body)).toEqual(['201 Created'])
    expect(statuses((await send(one)).body)).toEqual(['200 OK'])
  })

  test('that is empty does nothing', async () => {
    const { status, body } = await send({ resourceType: 'Bundle', type: 'transaction' })
    expect([status, body.type, body.entry]).toEqual([200, 'transaction-response', undefined])
  })

  test('of more than 5,000 entries is refused', async () => {
    const many = Array.from({ length: 5_001 }, () => ({ request: { method: 'GET', url: 'Goal/1' } }))
    const { status, body } = await send(bundle('transaction', ...many))
    expect([status, issueKeys(body)]).toEqual([413, ['too-many-entries']])
  })
})

describe('batch (http.html#transaction)', () => {
  test('performs each entry by itself, and each has its own outcome', async () => {
    const id = randomUUID()
    const { status, body } = await send(
      bundle(
        'batch',
        { request: { method: 'PUT', url: `Goal/${id}` }, resource: goal('Fine.', { id }) },
        { request: { method: 'POST', url: 'Goal' }, resource: { resourceType: 'Consent' } },
        { request: { method: 'GET', url: `Goal/${id}` } },
        { request: { method: 'GET', url: `Goal/${randomUUID()}` } },
        { request: { method: 'GET', url: `Goal/${id}`, ifNoneMatch: 'W/"1"' } },
        {},
        { request: { method: 'GET', url: `Goal?patient=Patient/${patient}&_count=1` } },
        { request: { method: 'GET', url: 'Encounter' } },
        { request: { method: 'POST', url: '' } as never, resource: { resourceType: 'Bundle', type: 'batch' } },
        { request: { method: 'DELETE', url: `Goal/${id}` } },
      ),
    )
    expect(status).toBe(200)
    expect(body.type).toBe('batch-response')
    expect(statuses(body)).toEqual([
      '201 Created',
      '400 Bad Request',
      '200 OK',
      '404 Not Found',
      '304 Not Modified',
      '400 Bad Request',
      '200 OK',
      '404 Not Found',
      '400 Bad Request',
      '204 No Content',
    ])
    const outcomes = body.entry?.map(({ response }) =>
      response?.outcome === undefined ? undefined : issueKeys(response.outcome)[0],
    )
    expect(outcomes).toEqual([
      undefined,
      'resource-type-mismatch',
      undefined,
      'not-found',
      undefined,
      'entry-request-missing',
      undefined,
      'unknown-type',
      'entry-url-missing',
      undefined,
    ])
    expect(body.entry?.[0]?.resource).toBeUndefined()
    expect(resourceAt<Goal>(body, 2).id).toBe(id)
    expect(resourceAt<Bundle>(body, 6).type).toBe('searchset')
  })

  test('keeps to the scopes for each entry', async () => {
    const reader = await service.fhir('gp-practice', 'system/Patient.r')
    const { body } = await reader<Bundle>(
      'POST',
      '',
      bundle(
        'batch',
        { request: { method: 'GET', url: `Patient/${patient}` } },
        { request: { method: 'GET', url: 'Goal' } },
      ),
    )
    expect(statuses(body)).toEqual(['200 OK', '403 Forbidden'])
  })
})

describe('what the base takes', () => {
  test.each([
    [{ resourceType: 'Bundle', type: 'document' }, 'Bundle.type'],
    [{ resourceType: 'Bundle' }, 'Bundle.type'],
    [{ resourceType: 'Goal' }, 'resourceType'],
  ])('%j is refused at %s', async (body, expression) => {
    const answer = await gp<{ issue: { expression: string[] }[] }>('POST', '/', body)
    expect([answer.status, answer.body.issue[0]?.expression]).toEqual([400, [expression]])
  })

  test('a Bundle of 6 MB is read there, and nowhere else', async () => {
    const large = goal('x'.repeat(900_000))
    const many = bundle(
      'batch',
      ...Array.from({ length: 7 }, () => ({ request: { method: 'GET', url: 'Encounter' }, resource: large })),
    )
    expect((await send(many)).status).toBe(200)
    expect((await gp('POST', '/Bundle', many)).status).toBe(413)
  })
})
