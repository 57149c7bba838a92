import { afterAll, describe, expect, test } from '@jest/globals'
import { issueKeys, startService } from './support/service.ts'

const service = await startService()
afterAll(() => service.stop())

const get = (path: string, init: RequestInit = {}) => fetch(`${service.baseUrl}${path}`, init)

describe('health', () => {
  test('live and ready while the database takes writes', async () => {
    for (const [path, body] of [
      ['/health/live', { status: 'live' }],
      ['/health/ready', { status: 'ready' }],
    ] as const) {
      const answer = await get(path)
      expect(answer.status).toBe(200)
      expect(answer.headers.get('cache-control')).toBe('no-store')
      expect(await answer.json()).toEqual(body)
    }
  })

  test('not ready while migrations are missing; still live', async () => {
    const [last] = await service.database.query<{ name: string }>('select name from migration order by id desc limit 1')
    await service.database.query('update migration set name = name where false')
    await service.database.query(
      'create table kept as select * from migration where name = $1'.replace('$1', `'${last?.name}'`),
    )
    await service.database.query('delete from migration where name = $1', [last?.name])
    expect((await get('/health/ready')).status).toBe(503)
    expect((await get('/health/live')).status).toBe(200)
    await service.database.query('insert into migration select * from kept')
    expect((await get('/health/ready')).status).toBe(200)
  })
})

describe('metrics', () => {
  test('requests are counted by route template, never by path', async () => {
    await get('/fhir/Patient/0192f3a0-0000-7000-8000-000000000001')
    await get('/not-here/9434765919')
    const text = await (await get('/metrics')).text()
    expect(text).toMatch(/keyplan_http_request_duration_seconds_count\{route="none",method="GET",status="404"\} 1/)
    expect(text).not.toContain('0192f3a0')
    expect(text).not.toContain('9434765919')
  })

  test.each([
    'keyplan_database_connections{state="waiting"} 0',
    'keyplan_deliveries_known 1',
    'nodejs_eventloop_lag_p99_seconds',
    'process_resident_memory_bytes',
  ])('has %s', async (name) => {
    expect(await (await get('/metrics')).text()).toContain(name)
  })
})

describe('every answer', () => {
  test.each(['/', '/health/live', '/metrics', '/nowhere', '/auth/jwks'])(
    '%s has the security headers, and does not say what it is made with',
    async (path) => {
      const { headers } = await get(path)
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      expect(headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(headers.get('x-powered-by')).toBeNull()
    },
  )

  test('an unknown path is 404 with an OperationOutcome', async () => {
    const answer = await get('/nowhere')
    expect(answer.status).toBe(404)
    expect(answer.headers.get('content-type')).toContain('application/fhir+json')
    expect(issueKeys(await answer.json())).toEqual(['unknown-path'])
  })

  test.each(['/%zz', '/..%2f..%2fetc/passwd', '/fhir/%zz', '//', '/fhir/../metrics/..'])(
    '%s is answered with 4xx, and the service goes on',
    async (path) => {
      const answer = await get(path)
      expect(answer.status).toBeLessThan(500)
      expect((await get('/health/live')).status).toBe(200)
    },
  )
})

test('the page / names the places of the service, and each of them answers', async () => {
  const page = await (await get('/')).text()
  const links = [...page.matchAll(/href="\.([^"]+)"/g)].map((match) => match[1] as string)
  expect(links).toEqual([
    '/guide',
    '/validate',
    '/docs',
    '/fhir/metadata',
    '/.well-known/smart-configuration',
    '/openapi.json',
    '/health/ready',
    '/metrics',
  ])
  for (const link of links) expect({ link, status: (await get(link)).status }).toEqual({ link, status: 200 })
})

test('figures have a port of their own where METRICS_PORT is set', async () => {
  const own = await startService({ environment: { METRICS_PORT: '0' } })
  try {
    expect((await fetch(`${own.baseUrl}/metrics`)).status).toBe(404)
    expect(await (await fetch(`${own.baseUrl}/`)).text()).not.toContain('/metrics')
  } finally {
    await own.stop()
  }
})

test('a stopping service says that it is not ready', async () => {
  const own = await startService()
  own.services.drain()
  const answer = await fetch(`${own.baseUrl}/health/ready`)
  expect(answer.status).toBe(503)
  expect(answer.headers.get('connection')).toBe('close')
  await own.stop()
})
