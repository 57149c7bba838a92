import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Organization } from 'fhir/r4.js'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

let service: TestService
let gp: FhirRequest

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
})

afterAll(() => service.stop())

const organization = (name: string): Organization => ({ resourceType: 'Organization', name })
const created = async (): Promise<Organization> =>
  (await gp<Organization>('POST', '/Organization', organization('One'))).body

describe.each(['GET', 'HEAD'])('conditional read (http.html#cread), %s', (method) => {
  test.each([
    ['read', ''],
    ['vread', '/_history/1'],
  ])('%s: 304 to who has this version, with its ETag and time and no body', async (_interaction, version) => {
    const { id, meta } = await created()
    const path = `/Organization/${id}${version}`
    const modified = new Date(meta?.lastUpdated ?? '').toUTCString()
    const whole = await gp(method, path)
    expect([whole.status, whole.headers.get('etag'), whole.headers.get('last-modified')]).toEqual([
      200,
      'W/"1"',
      modified,
    ])
    expect([whole.text === '', Number(whole.headers.get('content-length')) > 0]).toEqual([method === 'HEAD', true])
    for (const headers of [
      { 'If-None-Match': 'W/"1"' },
      { 'If-None-Match': '"7", W/"1"' },
      { 'If-None-Match': '*' },
      { 'If-Modified-Since': modified },
    ]) {
      const answer = await gp(method, path, undefined, headers)
      expect([headers, answer.status, answer.text]).toEqual([headers, 304, ''])
      expect([answer.headers.get('etag'), answer.headers.get('last-modified')]).toEqual(['W/"1"', modified])
    }
    for (const headers of [
      { 'If-None-Match': 'W/"2"' },
      { 'If-Modified-Since': new Date(0).toUTCString() },
      // If-None-Match goes before If-Modified-Since (RFC 9110 section 13.2.2).
      { 'If-None-Match': 'W/"2"', 'If-Modified-Since': modified },
    ]) {
      expect([headers, (await gp(method, path, undefined, headers)).status]).toEqual([headers, 200])
    }
  })

  test('what was deleted is gone, whatever the caller has', async () => {
    const { id } = await created()
    await gp('DELETE', `/Organization/${id}`)
    for (const [path, status] of [
      [`/Organization/${id}`, 410],
      [`/Organization/${id}/_history/2`, 410],
      [`/Organization/${id}/_history/3`, 404],
      [`/Organization/${randomUUID()}`, 404],
    ] as const)
      expect([path, (await gp(method, path, undefined, { 'If-None-Match': '*' })).status]).toEqual([path, status])
    expect((await gp(method, `/Organization/${id}`)).headers.get('etag')).toBe('W/"2"')
  })
})

describe('what a write is answered with (http.html#create, #update, #patch, #delete)', () => {
  test('ETag and Last-Modified of the version that it made, Location where that is new', async () => {
    const write = async (method: string, path: string, body?: object, headers?: Record<string, string>) => {
      const answer = await gp<Organization>(method, path, body, headers)
      const { headers: told } = answer
      return {
        id: answer.body?.id,
        told: [answer.status, told.get('etag'), told.get('location')?.replace(`${service.baseUrl}/fhir`, '') ?? null],
        modified: Date.parse(told.get('last-modified') ?? ''),
      }
    }
    const began = Math.floor(Date.now() / 1_000) * 1_000
    const { id, ...create } = await write('POST', '/Organization', organization('One'))
    const path = `/Organization/${id}`
    expect(create.told).toEqual([201, 'W/"1"', `${path}/_history/1`])
    const update = await write('PUT', path, { ...organization('Two'), id })
    expect(update.told).toEqual([200, 'W/"2"', null])
    const patch = await write('PATCH', path, [{ op: 'replace', path: '/name', value: 'Three' }], {
      'Content-Type': 'application/json-patch+json',
    })
    expect(patch.told).toEqual([200, 'W/"3"', null])
    const deletion = await write('DELETE', path)
    expect(deletion.told).toEqual([204, 'W/"4"', null])
    const again = await write('PUT', path, { ...organization('Four'), id })
    expect(again.told).toEqual([201, 'W/"5"', `${path}/_history/5`])
    for (const { modified } of [create, update, patch, deletion, again]) expect(modified).toBeGreaterThanOrEqual(began)
  })

  test.each(['minimal', 'representation', 'OperationOutcome'])(
    'Prefer: return=%s holds for every write',
    async (wanted) => {
      const prefer = { Prefer: `return=${wanted}` }
      const types: (string | undefined)[] = []
      const write = async (method: string, path: string, body?: object, headers: Record<string, string> = {}) => {
        const { body: answer } = await gp<{ resourceType: string } | undefined>(method, path, body, {
          ...prefer,
          ...headers,
        })
        types.push(answer?.resourceType)
      }
      const { id } = await created()
      await write('POST', '/Organization', organization('New'))
      await write('PUT', `/Organization/${id}`, { ...organization('Two'), id })
      await write('PATCH', `/Organization/${id}`, [{ op: 'replace', path: '/name', value: 'Three' }], {
        'Content-Type': 'application/json-patch+json',
      })
      await write('DELETE', `/Organization/${id}`)
      const answer = { minimal: undefined, representation: 'Organization', OperationOutcome: 'OperationOutcome' }[
        wanted
      ]
      // Of a deletion there is nothing to represent.
      expect(types).toEqual([answer, answer, answer, wanted === 'representation' ? undefined : answer])
    },
  )
})
