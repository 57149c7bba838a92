import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { OperationOutcome, Parameters } from 'fhir/r4.js'
import pg from 'pg'
import { emergencyView } from '../../src/api/operations/emergency-view.ts'
import { failure } from '../../src/api/respond.ts'
import type { Api, ApiRequest, Format } from '../../src/api/route.ts'
import { problem } from '../../src/fhir/outcome.ts'
import { cprOf, outcomeOf, person, question, register, submit } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'
import { statements } from '../support/statements.ts'

let service: TestService
let crew: FhirRequest
const margaret = person('margaret')
const asked = question(margaret.patient.identifier?.[0])

beforeAll(async () => {
  service = await startService()
  const gp = await service.fhir('gp-practice')
  crew = await service.fhir('ambulance')
  await submit(gp, await register(gp, margaret), margaret.conversations[1])
})

afterAll(() => service.stop())

const view = (accept?: string, body: Parameters = asked) =>
  crew<Parameters & Record<string, unknown>>(
    'POST',
    '/Patient/$emergency-view',
    body,
    accept === undefined ? {} : { Accept: accept },
  )

describe('the emergency view by Accept', () => {
  test.each([undefined, 'application/fhir+json', '*/*', 'text/json'])('%s: the stored Parameters', async (accept) => {
    const { status, headers, body } = await view(accept)
    expect([status, outcomeOf(body)]).toEqual([200, 'current-plan'])
    expect(headers.get('content-type')).toMatch(/^application\/fhir\+json/)
  })

  test('application/json: the same as a flat object', async () => {
    const stored = await view()
    const { status, headers, body } = await view('application/json')
    expect([status, headers.get('content-type')]).toEqual([200, 'application/json; charset=utf-8'])
    expect(body).toMatchObject({
      outcome: 'current-plan',
      name: 'Margaret Synthia Testperson',
      cpr: cprOf(stored.body),
    })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  test('text/html: the same as a page that may load nothing but its own style', async () => {
    const { status, headers, text } = await view('text/html')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    )
    expect(text).toContain('CPR attempts: RECOMMENDED')
  })

  test('each is one look-up, and audited', async () => {
    for (const accept of ['application/fhir+json', 'application/json', 'text/html']) {
      expect([accept, await statements(service, () => view(accept))]).toEqual([accept, 1])
    }
  })

  test.each([
    ['application/json', '"outcome":"not-found"'],
    ['text/html', 'PERSON NOT FOUND'],
  ])('%s: nobody found is 200 and says so', async (accept, words) => {
    const { status, text } = await view(
      accept,
      question({ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9990000123' }),
    )
    expect([status, text.includes(words)]).toEqual([200, true])
  })
})

/** What is answered where the records fail with this error. */
const failing = async (error: unknown, wants: Format) => {
  const request = { cx: { now: new Date('2026-11-21T22:31:00Z') }, query: [], resource: asked, wants }
  const api = { records: { emergency: () => Promise.reject(error) } }
  return emergencyView.handle(request as unknown as ApiRequest, api as unknown as Api).then(
    () => {
      throw new Error('It did not fail.')
    },
    (thrown: unknown) => failure(thrown),
  )
}

describe('a question that cannot be answered now (model.md section 5: unavailable, never an empty success)', () => {
  const down = problem('unavailable', 'database-unavailable', 'Not now.', { headers: { 'Retry-After': '5' } })

  test.each([
    ['the database is down', down, 'database-unavailable', '5'],
    ['something unforeseen', new TypeError('select secret'), 'internal', '2'],
  ])('%s: 503, and the outcome is unavailable with its issue', async (_about, error, key, retry) => {
    const { answer, headers } = await failing(error, 'json')
    const body = JSON.parse(answer.body as string) as Parameters
    expect([answer.status, outcomeOf(body), headers['Retry-After']]).toEqual([503, 'unavailable', retry])
    const issue = body.parameter?.find(({ name }) => name === 'issue')?.resource as OperationOutcome
    expect(issue.issue[0]?.details?.coding?.[0]?.code).toBe(key)
    expect(answer.body).not.toContain('secret')
    expect(answer.body).toContain('There may be a plan')
  })

  test('as a flat object', async () => {
    const { answer } = await failing(down, 'compact')
    expect([answer.status, answer.contentType]).toEqual([503, 'application/json; charset=utf-8'])
    expect(JSON.parse(answer.body as string)).toEqual({
      outcome: 'unavailable',
      readAt: '2026-11-21T22:31:00.000Z',
      asOf: '2026-11-21T22:31:00.000Z',
      message: expect.stringContaining('There may be a plan'),
    })
  })

  test('as a page', async () => {
    const { answer } = await failing(down, 'html')
    expect([answer.status, answer.contentType]).toEqual([503, 'text/html; charset=utf-8'])
    expect(answer.body).toContain('CANNOT ANSWER NOW')
    expect(answer.policy).toContain('style-src')
  })

  test('what is the fault of the caller stays that', async () => {
    const { answer } = await failing(problem('forbidden', 'scope', 'No.'), 'html')
    expect([answer.status, JSON.parse(answer.body as string).resourceType]).toEqual([403, 'OperationOutcome'])
  })

  test('over HTTP, while the database takes no connections', async () => {
    const own = await startService()
    const name = new URL(own.database.url).pathname.slice(1)
    const others = new URL(own.database.url)
    others.pathname = '/postgres'
    const admin = new pg.Client({ connectionString: others.href })
    await admin.connect()
    try {
      const request = await own.fhir('ambulance')
      await admin.query(`alter database ${name} allow_connections false`)
      await admin.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name])
      const { status, headers, body, text } = await request<Parameters>('POST', '/Patient/$emergency-view', asked)
      expect([status, outcomeOf(body)]).toEqual([503, 'unavailable'])
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(text).not.toContain('1203411049')
    } finally {
      await admin.query(`alter database ${name} allow_connections true`)
      await admin.end()
      await own.stop()
    }
  })
})
