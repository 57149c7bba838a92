import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from '@jest/globals'
import { createTokenSource, discoverTokenUrl, type TokenSourceOptions } from '../../src/auth/client-assertion.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import { privateKeyOf, RUNNING_CLOCK, startService } from './support.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const listen = async (handler: RequestListener): Promise<{ base: string; server: Server }> => {
  const server = createServer(handler)
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server }
}

/** A real KeyPlan token endpoint on a real port, and how often it was asked for a token. */
const listenAsKeyPlan = async () => {
  let service: Awaited<ReturnType<typeof startService>> | undefined
  const asked = { times: 0 }
  const { base } = await listen((request, response) => {
    if (request.url === '/auth/token') asked.times++
    service?.app(request, response)
  })
  service = await startService({ base, clock: RUNNING_CLOCK })
  return { base, asked, service }
}

const options = async (tokenUrl: string, more: Partial<TokenSourceOptions> = {}): Promise<TokenSourceOptions> => ({
  tokenUrl,
  clientId: 'keyplan',
  privateKey: await privateKeyOf('keyplan'),
  scope: 'system/Bundle.cruds',
  ...more,
})

const problemOf = async (promise: Promise<unknown>): Promise<Problem> => {
  const outcome = await promise.catch((error: unknown) => error)
  if (!(outcome instanceof Problem)) throw new Error('no Problem was thrown')
  return outcome
}

describe('signing in elsewhere by private_key_jwt (SMART Backend Services)', () => {
  test('gets a token that the other service accepts', async () => {
    const { base, service } = await listenAsKeyPlan()
    const source = createTokenSource(await options(await discoverTokenUrl(base)))
    const caller = await service.auth.authenticate(`Bearer ${await source.token()}`)
    expect(caller).toMatchObject({ clientId: 'keyplan', scopes: ['system/Bundle.cruds'] })
  })

  test('keeps it: 20 calls at once and one later are one request', async () => {
    const { base, asked } = await listenAsKeyPlan()
    const source = createTokenSource(await options(`${base}/auth/token`))
    const tokens = await Promise.all(Array.from({ length: 20 }, () => source.token()))
    tokens.push(await source.token())
    expect(new Set(tokens).size).toBe(1)
    expect(asked.times).toBe(1)
  })

  test('gets another after forget()', async () => {
    const { base, asked } = await listenAsKeyPlan()
    const source = createTokenSource(await options(`${base}/auth/token`))
    const first = await source.token()
    source.forget()
    expect(await source.token()).not.toBe(first)
    expect(asked.times).toBe(2)
  })

  test('does not keep an answer that was under way when forget() was called', async () => {
    const { base, asked } = await listenAsKeyPlan()
    const source = createTokenSource(await options(`${base}/auth/token`))
    const underWay = source.token()
    source.forget()
    const later = await source.token()
    expect(later).not.toBe(await underWay)
    expect(await source.token()).toBe(later)
    expect(asked.times).toBe(2)
  })

  for (const [seconds, requests] of [
    [90, 1],
    [30, 2],
    [0, 2],
  ] as const) {
    test(`${requests === 1 ? 'keeps' : 'does not keep'} a token of ${seconds} s: 30 s before its end it is renewed`, async () => {
      let asked = 0
      const { base } = await listen((_request, response) => {
        response.end(JSON.stringify({ access_token: `t${++asked}`, token_type: 'Bearer', expires_in: seconds }))
      })
      const source = createTokenSource(await options(base))
      await source.token()
      await source.token()
      expect(asked).toBe(requests)
    })
  }

  test('asks again after a failure', async () => {
    let asked = 0
    const { base } = await listen((_request, response) => {
      response.statusCode = ++asked === 1 ? 500 : 200
      response.end(JSON.stringify({ access_token: 't', token_type: 'bearer', expires_in: 300 }))
    })
    const source = createTokenSource(await options(base))
    expect((await problemOf(source.token())).issues[0]?.key).toBe('token-refused')
    expect(await source.token()).toBe('t')
  })
})

describe('a token endpoint that does not give a token is a Problem "unavailable" that says why', () => {
  const cases: [name: string, handler: RequestListener, key: string, text: RegExp][] = [
    [
      'refuses with an OAuth error',
      (_request, response) => response.writeHead(401).end('{"error":"invalid_client"}'),
      'token-refused',
      /HTTP 401 \(invalid_client\)/,
    ],
    [
      'answers 502 with a page',
      (_request, response) => response.writeHead(502).end('<h1>Bad gateway</h1>'),
      'token-refused',
      /HTTP 502\.$/,
    ],
    [
      'answers 200 with garbage',
      (_request, response) => response.end('<html>'),
      'token-answer-malformed',
      /access_token/,
    ],
    ['answers 200 with no token', (_request, response) => response.end('{}'), 'token-answer-malformed', /access_token/],
    [
      'answers another kind of token',
      (_request, response) => response.end('{"access_token":"t","token_type":"mac","expires_in":300}'),
      'token-answer-malformed',
      /bearer/,
    ],
    [
      'does not say how long it holds',
      (_request, response) => response.end('{"access_token":"t","token_type":"bearer"}'),
      'token-answer-malformed',
      /expires_in/,
    ],
    [
      'redirects',
      (_request, response) => response.writeHead(307, { Location: 'http://127.0.0.1:1/' }).end(),
      'token-endpoint-unreachable',
      /redirects/,
    ],
    [
      'answers too much',
      (_request, response) => response.end(' '.repeat(70_000)),
      'token-endpoint-unreachable',
      /too much/,
    ],
    ['hangs up', (request) => request.socket.destroy(), 'token-endpoint-unreachable', /cannot be reached/],
  ]
  for (const [name, handler, key, text] of cases) {
    test(name, async () => {
      const { base } = await listen(handler)
      const thrown = await problemOf(createTokenSource(await options(base)).token())
      expect([thrown.kind, thrown.issues[0]?.key]).toEqual(['unavailable', key])
      expect(thrown.message).toMatch(text)
    })
  }

  test('hangs: given up after 5 s', async () => {
    const { base } = await listen(() => undefined)
    const started = Date.now()
    const thrown = await problemOf(createTokenSource(await options(base)).token())
    expect(thrown.issues[0]?.key).toBe('token-endpoint-timeout')
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  test('and the message never repeats text of the answer', async () => {
    const { base } = await listen((_request, response) => response.writeHead(400).end('{"error":"Jane Doe, 1 Jan"}'))
    expect((await problemOf(createTokenSource(await options(base)).token())).message).not.toContain('Jane')
  })

  for (const [name, privateKey] of [
    ['no kid', { kty: 'EC', crv: 'P-384', d: 'x', x: 'x', y: 'x' }],
    ['no private half', { kty: 'EC', crv: 'P-384', kid: 'k', x: 'x', y: 'x' }],
    ['a secret in place of a key pair', { kty: 'oct', kid: 'k', k: 'x' }],
  ] as const) {
    test(`a key with ${name} is not used`, async () => {
      const thrown = await problemOf(createTokenSource(await options('http://127.0.0.1:1', { privateKey })).token())
      expect(thrown.issues[0]?.key).toBe('token-key-unusable')
    })
  }
})

describe('discovery of the token URL', () => {
  test('a server without a SMART configuration has none', async () => {
    const { base } = await listen((_request, response) => response.writeHead(404).end('{}'))
    const thrown = await problemOf(discoverTokenUrl(base))
    expect([thrown.issues[0]?.key, thrown.message]).toEqual([
      'token-endpoint-unknown',
      expect.stringContaining('HTTP 404'),
    ])
  })

  test('a token_endpoint that is no address is none', async () => {
    const { base } = await listen((_request, response) => response.end('{"token_endpoint":"/auth/token"}'))
    expect((await problemOf(discoverTokenUrl(base))).issues[0]?.key).toBe('token-endpoint-unknown')
  })

  test.each([
    ['another host', 'https://other.example/auth/token'],
    ['another port', 'http://127.0.0.1:1/auth/token'],
    ['another scheme', 'https://127.0.0.1/auth/token'],
  ])('a token_endpoint of %s is refused: its token would be sent to who named it', async (_about, endpoint) => {
    const { base } = await listen((_request, response) => response.end(JSON.stringify({ token_endpoint: endpoint })))
    const thrown = await problemOf(discoverTokenUrl(base))
    expect([thrown.issues[0]?.key, thrown.message]).toEqual([
      'token-endpoint-foreign',
      expect.stringContaining('tokenUrl'),
    ])
  })

  test('the names by which a machine knows itself are one origin', async () => {
    const { base } = await listen((request, response) =>
      response.end(JSON.stringify({ token_endpoint: `http://localhost:${request.socket.localPort}/auth/token` })),
    )
    expect(await discoverTokenUrl(base)).toMatch(/^http:\/\/localhost:\d+\/auth\/token$/)
  })
})
