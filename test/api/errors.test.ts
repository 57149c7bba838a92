/**
 * Each status that http://hl7.org/fhir/R4/http.html#Status-Codes names for a failure, provoked over HTTP: what the answer must say, and what it
 * must not. 500 and 503 are provoked in respond.test.ts, ops/ and chaos/.
 */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Goal, OperationOutcome } from 'fhir/r4.js'
import { STATUS } from '../../src/fhir/outcome.ts'
import { person, question, register } from '../support/people.ts'
import { type FhirRequest, startService, type TestService } from '../support/service.ts'

/** What stands in each request and must stand in no answer: a name, a number of a person, words of a record. */
const NAME = 'Zephyrine'
const NUMBER = '9434765919'
const WORDS = 'quietly-by-the-harbour'
const TOKEN = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ6ZXBoeXJpbmUifQ.'

let service: TestService
let gp: FhirRequest
let patient: string
let removed: string
let kept: string

const goal = (more: object = {}): object => ({
  resourceType: 'Goal',
  lifecycleStatus: 'proposed',
  description: { text: WORDS },
  subject: { reference: `Patient/${patient}`, display: NAME },
  ...more,
})

beforeAll(async () => {
  service = await startService()
  gp = await service.fhir('gp-practice')
  patient = await register(gp, person('margaret'))
  kept = (await gp<Goal>('POST', '/Goal', goal())).body.id as string
  removed = (await gp<Goal>('POST', '/Goal', goal())).body.id as string
  await gp('DELETE', `/Goal/${removed}`)
})

afterAll(() => service.stop())

type Failure = Readonly<{
  about: string
  status: number
  key: string
  /** Where the fault is; absent where it is in no one place. */
  at?: string
  /** Issue code, where it is not that of the status. */
  code?: string
  headers?: Readonly<Record<string, RegExp>>
  ask: () => Promise<{ status: number; text: string; headers: Headers }>
}>

/** A request that the client of the tests cannot make. */
const raw = async (method: string, path: string, headers: Record<string, string>, body?: Uint8Array<ArrayBuffer>) => {
  const answer = await fetch(`${service.baseUrl}/fhir${path}`, {
    method,
    headers: { Authorization: `Bearer ${await service.token('gp-practice')}`, ...headers },
    ...(body === undefined ? {} : { body }),
  })
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

const failures: readonly Failure[] = [
  {
    about: 'a body that is no JSON',
    status: 400,
    key: 'json-malformed',
    ask: () => gp('POST', '/Goal', `{"resourceType":"Goal","description":{"text":"${WORDS}"},}`),
  },
  {
    about: 'a property twice',
    status: 400,
    key: 'json-duplicate-key',
    ask: () => gp('POST', '/Goal', `{"resourceType":"Goal","note":"${WORDS}","note":"${NAME}"}`),
  },
  {
    about: 'a body that is no XML',
    status: 400,
    key: 'xml-malformed',
    at: 'Goal',
    ask: () =>
      gp('POST', '/Goal', `<Goal xmlns="http://hl7.org/fhir"><description id="${NAME}"></Goal>`, {
        'Content-Type': 'application/fhir+xml',
      }),
  },
  { about: 'no body', status: 400, key: 'body-missing', code: 'required', ask: () => gp('POST', '/Goal') },
  {
    about: 'a body where none belongs',
    status: 400,
    key: 'body-not-expected',
    code: 'invalid',
    ask: () => gp('DELETE', `/Goal/${kept}`, goal()),
  },
  {
    about: 'a resource of another type than the path',
    status: 400,
    key: 'resource-type-mismatch',
    code: 'invalid',
    at: 'resourceType',
    ask: () => gp('POST', '/Flag', goal()),
  },
  {
    about: 'another id than the path',
    status: 400,
    key: 'id-mismatch',
    code: 'invalid',
    at: 'Goal.id',
    ask: () => gp('PUT', `/Goal/${kept}`, goal({ id: NAME })),
  },
  {
    about: 'a path with an id that is none',
    status: 400,
    key: 'id-malformed',
    code: 'invalid',
    ask: () => gp('GET', `/Goal/${NAME}_${NUMBER}`),
  },
  {
    about: 'a path with a broken escape',
    status: 400,
    key: 'url-malformed',
    code: 'invalid',
    ask: () => gp('GET', `/Goal/%ZZ${NAME}`),
  },
  {
    about: 'a search parameter that is not known',
    status: 400,
    key: 'search-parameter-unknown',
    code: 'not-supported',
    at: 'colour',
    ask: () => gp('GET', `/Goal?colour=${WORDS}`),
  },
  {
    about: 'a parameter that a read does not have',
    status: 400,
    key: 'parameter-not-supported',
    code: 'not-supported',
    at: 'colour',
    ask: () => gp('GET', `/Goal/${kept}?colour=${WORDS}`),
  },
  {
    about: '_pretty that is neither true nor false',
    status: 400,
    key: 'parameter-malformed',
    code: 'invalid',
    at: '_pretty',
    ask: () => gp('GET', `/metadata?_pretty=${NAME}`),
  },
  {
    about: 'If-Match that is no entity tag',
    status: 400,
    key: 'if-match-malformed',
    code: 'invalid',
    at: 'If-Match',
    ask: () => gp('PUT', `/Goal/${kept}`, goal({ id: kept }), { 'If-Match': NAME }),
  },
  {
    about: 'a Bundle that is neither transaction nor batch',
    status: 400,
    key: 'bundle-type',
    code: 'invalid',
    at: 'Bundle.type',
    ask: () => gp('POST', '', { resourceType: 'Bundle', type: 'message', identifier: { value: NUMBER } }),
  },
  {
    about: 'no token',
    status: 401,
    key: 'token-missing',
    at: 'Authorization',
    headers: { 'www-authenticate': /^Bearer/ },
    ask: async () => (await service.fhir())('GET', `/Goal/${kept}`),
  },
  {
    about: 'a token that is none',
    status: 401,
    key: 'token-invalid',
    at: 'Authorization',
    headers: { 'www-authenticate': /error="invalid_token"/ },
    ask: () => raw('GET', `/Goal/${kept}`, { Authorization: `Bearer ${TOKEN}` }),
  },
  {
    about: 'a token without the scope',
    status: 403,
    key: 'scope-missing',
    ask: async () => (await service.fhir('gp-practice', 'system/Patient.r'))('GET', `/Goal/${kept}`),
  },
  { about: 'an id that nothing has', status: 404, key: 'not-found', ask: () => gp('GET', '/Goal/nothing') },
  {
    about: 'a version that was never',
    status: 404,
    key: 'not-found',
    ask: () => gp('GET', `/Goal/${kept}/_history/7`),
  },
  {
    about: 'a type that is not served',
    status: 404,
    key: 'unknown-type',
    code: 'not-supported',
    ask: () => gp('GET', `/Basic/${NAME}`),
  },
  {
    about: 'a path that is not served',
    status: 404,
    key: 'unknown-path',
    code: 'not-supported',
    ask: () => gp('GET', `/Goal/${kept}/$${WORDS}`),
  },
  {
    about: 'a method that the path does not have',
    status: 405,
    key: 'method-not-allowed',
    headers: { allow: /GET/ },
    ask: () => gp('PUT', '/metadata', goal()),
  },
  {
    about: 'a format that is not written',
    status: 406,
    key: 'format-not-served',
    at: 'Accept',
    ask: () => gp('GET', `/Goal/${kept}`, undefined, { Accept: 'text/turtle' }),
  },
  {
    about: 'a resource that others refer to is deleted',
    status: 409,
    key: 'still-referenced',
    ask: () => gp('DELETE', `/Patient/${patient}`),
  },
  { about: 'a resource that was deleted', status: 410, key: 'deleted', ask: () => gp('GET', `/Goal/${removed}`) },
  {
    about: 'If-Match with another version',
    status: 412,
    key: 'version-mismatch',
    at: 'If-Match',
    ask: () => gp('PUT', `/Goal/${kept}`, goal({ id: kept }), { 'If-Match': 'W/"9"' }),
  },
  {
    about: 'If-None-Match: * where there is one',
    status: 412,
    key: 'version-mismatch',
    at: 'If-None-Match',
    ask: () => gp('PUT', `/Goal/${kept}`, goal({ id: kept }), { 'If-None-Match': '*' }),
  },
  {
    about: 'a body of more than 5 MB',
    status: 413,
    key: 'body-too-large',
    ask: () => gp('POST', '/Goal', goal({ note: [{ text: WORDS.repeat(250_000) }] })),
  },
  {
    about: 'a form of more than 64 kB',
    status: 413,
    key: 'body-too-large',
    ask: () =>
      gp('POST', '/Goal/_search', `_id=${NAME.repeat(10_000)}`, {
        'Content-Type': 'application/x-www-form-urlencoded',
      }),
  },
  {
    about: 'a body in a format that is not read',
    status: 415,
    key: 'content-type-not-read',
    at: 'Content-Type',
    ask: () => gp('POST', '/Goal', WORDS, { 'Content-Type': 'text/turtle' }),
  },
  {
    about: 'a body in another character set',
    status: 415,
    key: 'content-type-not-read',
    at: 'Content-Type',
    ask: () => gp('POST', '/Goal', goal(), { 'Content-Type': 'application/fhir+json; charset=utf-16' }),
  },
  {
    about: 'a compressed body',
    status: 415,
    key: 'content-encoding-not-read',
    at: 'Content-Encoding',
    ask: () =>
      raw(
        'POST',
        '/Goal',
        { 'Content-Type': 'application/fhir+json', 'Content-Encoding': 'gzip' },
        new Uint8Array(gzipSync(JSON.stringify(goal()))),
      ),
  },
  {
    about: 'an element that R4 does not have',
    status: 400,
    key: 'unknown-element',
    at: 'Goal.colour',
    ask: () => gp('POST', '/Goal', goal({ colour: NAME })),
  },
  {
    about: 'a code that is not in its value set',
    status: 400,
    key: 'code-not-in-value-set',
    at: 'Goal.lifecycleStatus',
    code: 'code-invalid',
    ask: () => gp('POST', '/Goal', goal({ lifecycleStatus: 'sometime' })),
  },
  {
    about: 'a rule of KeyPlan that is broken',
    status: 422,
    key: 'identifier-check-digit',
    at: 'Patient.identifier[0].value',
    code: 'value',
    ask: () =>
      gp('POST', '/Patient', {
        ...person('wales').patient,
        identifier: [{ system: 'https://fhir.nhs.uk/Id/nhs-number', value: '9434765918' }],
      }),
  },
  {
    about: 'an update that must name the version and does not',
    status: 428,
    key: 'if-match-required',
    at: 'If-Match',
    ask: () => gp('PUT', `/Patient/${patient}`, { ...person('margaret').patient, id: patient }),
  },
]

describe('a failure is told by its status and an OperationOutcome (http.html#Status-Codes)', () => {
  test.each(failures)('$status: $about', async ({ status, key, at, code, headers = {}, ask }) => {
    const answer = await ask()
    const { issue = [], resourceType } = JSON.parse(answer.text) as OperationOutcome
    const [first] = issue
    expect([answer.status, resourceType]).toEqual([status, 'OperationOutcome'])
    expect(first).toMatchObject({
      severity: 'error',
      code: code ?? Object.values(STATUS).find((one) => one.status === status)?.code,
      details: { coding: [{ code: key }] },
    })
    expect(first?.expression).toEqual(at === undefined ? undefined : [at])
    expect(answer.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8')
    for (const [name, value] of Object.entries(headers)) expect(answer.headers.get(name)).toMatch(value)
  })

  test.each(failures)('nothing of the record, of the service or of the token: $status $about', async ({ ask }) => {
    const { text, headers } = await ask()
    const told = text + JSON.stringify([...headers])
    for (const secret of [NAME, NUMBER, WORDS, TOKEN]) expect(told.toLowerCase()).not.toContain(secret.toLowerCase())
    expect(told).not.toMatch(/\.[jt]s:|node:|node_modules|\\n\s+at |select .+ from|\/work\/|\/home\//i)
  })

  test('every status of the specification has its line', () => {
    const inTable = new Set([...failures.map(({ status }) => status), 429])
    for (const status of [400, 401, 403, 404, 405, 406, 409, 410, 412, 413, 415, 422, 429])
      expect(inTable).toContain(status)
  })
})

describe('429 (RFC 6585 section 4)', () => {
  test('whoever asks too much is told when to come back, and a crew still gets its emergency view', async () => {
    const limited = await startService({
      environment: { KEYPLAN_RATE_LIMIT: '1', KEYPLAN_EMERGENCY_RATE_LIMIT: '100' },
    })
    try {
      const crew = await limited.fhir('ambulance')
      // Far more than the five that may come at once: however slow the machine is, some are too many.
      const answers = await Promise.all(
        Array.from({ length: 60 }, () => crew<OperationOutcome>('GET', '/Goal/nothing')),
      )
      const refused = answers.find(({ status }) => status === 429)
      expect(refused?.body.issue[0]).toMatchObject({
        severity: 'error',
        code: 'throttled',
        details: { coding: [{ code: 'too-many-requests' }] },
      })
      expect(refused?.headers.get('retry-after')).toBe('1')

      const views = await Promise.all(
        Array.from({ length: 20 }, () =>
          crew('POST', '/Patient/$emergency-view', question(person('margaret').patient.identifier?.[0])),
        ),
      )
      expect(new Set(views.map(({ status }) => status))).toEqual(new Set([200]))
      const gps = await limited.fhir('gp-practice')
      expect((await gps('GET', '/Goal/nothing')).status).toBe(404)
    } finally {
      await limited.stop()
    }
  })
})
