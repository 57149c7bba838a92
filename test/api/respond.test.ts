import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, test } from '@jest/globals'
import { createFhirHandler } from '../../src/api/handler.ts'
import { envelopeOf, failure, giveUp, respond, stored } from '../../src/api/respond.ts'
import type { Validating } from '../../src/api/validating/validating.ts'
import { type Issue, issue, operationOutcome, Problem, problem } from '../../src/fhir/outcome.ts'
import type { Log } from '../../src/log.ts'
import type { Records } from '../../src/records/door.ts'

/** The answer that a listener gives to one request over HTTP. */
const ask = async (
  listener: (request: IncomingMessage, response: ServerResponse) => void,
  init: RequestInit = {},
): Promise<{ response: Response; text: string }> => {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, init)
    return { response, text: await response.text() }
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const answering =
  (answer: Parameters<typeof respond>[3], extra?: Parameters<typeof respond>[4]) =>
  (request: IncomingMessage, response: ServerResponse): void =>
    respond(request, response, envelopeOf(request, BASE), answer, extra)

const BASE = 'https://plans.example/fhir'
const BODY = '{"resourceType":"Goal","id":"1","note":"Größe 1.00"}'
const RESOURCE = {
  type: 'Goal',
  id: '1',
  version: 3,
  lastUpdated: '2026-03-12T14:30:05.500Z',
  deleted: false,
  body: BODY,
}

describe('an answer', () => {
  test('with a stored resource is its text as it is, with version and date (http.html#read)', async () => {
    const { response, text } = await ask(answering(stored(200, RESOURCE)))
    expect(text).toBe(BODY)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      etag: 'W/"3"',
      'last-modified': 'Thu, 12 Mar 2026 14:30:05 GMT',
      'content-type': 'application/fhir+json; charset=utf-8',
      'content-length': String(Buffer.byteLength(BODY)),
    })
  })

  test('may not be kept, sniffed or framed by anyone', async () => {
    const { response } = await ask(answering({ status: 200, body: '{}' }))
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(response.headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  })

  test.each([204, 304])('%i has neither body nor length (RFC 9110 section 8.6)', async (status) => {
    const { response, text } = await ask(answering({ status, version: 2 }))
    expect(text).toBe('')
    expect(response.headers.get('content-length')).toBeNull()
    expect(response.headers.get('etag')).toBe('W/"2"')
  })

  test('to HEAD has the headers of GET and no body', async () => {
    const { response, text } = await ask(answering(stored(200, RESOURCE)), { method: 'HEAD' })
    expect(text).toBe('')
    expect(response.headers.get('content-length')).toBe(String(Buffer.byteLength(BODY)))
  })
})

describe('request ids (http.html#custom)', () => {
  const requestId = 'a3bb189e-8bf9-4a13-8b0f-1c1f7a0e2d11'

  test('a UUID is kept and a correlation id is mirrored', async () => {
    const { response } = await ask(answering({ status: 200, body: '{}' }), {
      headers: { 'X-Request-ID': requestId, 'X-Correlation-ID': 'ward-7.2' },
    })
    expect(response.headers.get('x-request-id')).toBe(requestId)
    expect(response.headers.get('x-correlation-id')).toBe('ward-7.2')
  })

  test('anything else is replaced, and a correlation id that is long or odd is left out', async () => {
    const { response } = await ask(answering({ status: 200, body: '{}' }), {
      headers: { 'X-Request-ID': 'mine', 'X-Correlation-ID': 'x'.repeat(129) },
    })
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(response.headers.get('x-correlation-id')).toBeNull()
  })
})

describe('a failure', () => {
  test('is an OperationOutcome with its stable key, its place and its headers', async () => {
    const { answer, headers, unforeseen } = failure(
      problem('unauthenticated', 'token-missing', 'Send a token.', {
        expression: 'Authorization',
        headers: { 'WWW-Authenticate': 'Bearer realm="keyplan"' },
      }),
    )
    const { response, text } = await ask(answering(answer, headers))
    expect(unforeseen).toBe(false)
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toBe('Bearer realm="keyplan"')
    expect(JSON.parse(text)).toMatchObject({
      resourceType: 'OperationOutcome',
      issue: [
        {
          severity: 'error',
          code: 'login',
          details: { coding: [{ code: 'token-missing' }] },
          expression: ['Authorization'],
        },
      ],
    })
  })

  test('that nobody foresaw says nothing about its cause', () => {
    const { answer, unforeseen } = failure(new Error('select * from person where chi = 1'))
    expect(unforeseen).toBe(true)
    expect(answer.status).toBe(500)
    expect(answer.body).toContain('"internal"')
    expect(answer.body).not.toContain('select')
  })

  test('of a database that is down says when to try again', () => {
    const { answer, headers } = failure(problem('unavailable', 'database-unavailable', 'Not now.'))
    expect(answer.status).toBe(503)
    expect(Number(headers['Retry-After'])).toBeGreaterThan(0)
  })
})

describe('an answer that cannot be written', () => {
  const records = {} as Records
  const handler = (log: Partial<Log>) =>
    createFhirHandler({
      records,
      validating: {} as Validating,
      signIn: () => ({ token_endpoint: 'https://plans.example/auth/token' }),
      authenticate: () => {
        throw new Error('nobody foresaw this')
      },
      baseUrl: () => BASE,
      log: log as Log,
    })
  const askGoal = (log: Partial<Log>) =>
    ask((request, response) => {
      request.url = '/fhir/Goal/1'
      handler(log)(request, response)
    })

  test('is a plain 500 where not even the failure can be told, and the next request is served', async () => {
    let thrown = 0
    const failing = {
      error: () => {
        thrown += 1
        if (thrown === 1) throw new RangeError('Invalid string length')
      },
    }
    const { response, text } = await askGoal(failing as Partial<Log>)
    expect(response.status).toBe(500)
    expect(JSON.parse(text).issue[0].details.coding[0].code).toBe('internal')
    expect(thrown).toBe(2)
    expect((await askGoal({ error: () => undefined } as Partial<Log>)).response.status).toBe(500)
  })

  test('is cut off where it was begun, never ended as if it were whole', async () => {
    const begun = ask((_request, response) => {
      response.writeHead(200, { 'Content-Length': 10 })
      response.write('12345')
      giveUp(response)
    })
    await expect(begun).rejects.toThrow()
  })
})

describe('the issues of a failure', () => {
  const many = (count: number): Issue[] =>
    Array.from({ length: count }, (_, index) => issue(`K-${index}`, 'Goal', 'Words.', { severity: 'warning' }))

  test('are all told while there are 200 at most', () => {
    expect(new Problem('bad-request', many(200)).issues).toHaveLength(200)
  })

  test('beyond 200 are counted, and errors go before all else', () => {
    const { issues, message } = new Problem('bad-request', [...many(350), issue('ERR', 'Goal', 'Wrong.')])
    expect(issues).toHaveLength(201)
    expect(issues[0]?.key).toBe('ERR')
    expect(issues.at(-1)).toMatchObject({ key: 'more-issues', text: expect.stringContaining('151') })
    expect(message.length).toBeLessThan(5_000)
    expect(operationOutcome(issues).issue).toHaveLength(201)
  })
})
