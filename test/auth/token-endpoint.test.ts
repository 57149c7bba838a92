import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose'
import supertest from 'supertest'
import { loadClients } from '../../src/auth/clients.ts'
import { problem } from '../../src/fhir/outcome.ts'
import { registerRsaClient } from './rsa-client.ts'
import {
  type AssertionParts,
  BASE,
  makeAssertion,
  privateKeyOf,
  type Service,
  START,
  startService,
  TOKEN_URL,
  tokenRequest,
} from './support.ts'

type Case = AssertionParts & { name: string; check: string }

const cases = JSON.parse(readFileSync(new URL('./assertions.cases.json', import.meta.url), 'utf8')) as Case[]

const post = ({ app }: Service, form: string): supertest.Test => supertest(app).post('/auth/token').send(form)

let service: Service
beforeAll(async () => {
  service = await startService()
})

describe('a right request (SMART Backend Services, access token request)', () => {
  test('gets a bearer token of 300 s, which nothing may keep', async () => {
    const response = await post(service, tokenRequest(await makeAssertion('gp-practice')))
    expect(response.status).toBe(200)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.headers['cache-control']).toBe('no-store')
    expect(response.body).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 300,
      scope: 'system/*.cruds',
    })
  })

  test('gets a token for the FHIR base, signed with ES384 by the key that /auth/jwks shows', async () => {
    const { body } = await post(service, tokenRequest(await makeAssertion('hospital')))
    const jwks = (await supertest(service.app).get('/auth/jwks')).body as { keys: JWK[] }
    const [key] = jwks.keys
    const { payload, protectedHeader } = await jwtVerify(body.access_token, key as JWK)
    expect(protectedHeader).toEqual({ alg: 'ES384', kid: key?.kid, typ: 'at+jwt' })
    expect(payload).toMatchObject({
      iss: BASE,
      aud: `${BASE}/fhir`,
      sub: 'hospital',
      client_id: 'hospital',
      scope: 'system/*.cruds',
    })
    expect((payload.exp as number) - (payload.iat as number)).toBe(300)
  })

  test('gets another jti each time, which tells nothing', async () => {
    const jtis = new Set<string>()
    for (let round = 0; round < 5; round++) {
      const { body } = await post(service, tokenRequest(await makeAssertion('gp-practice')))
      jtis.add(JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url').toString()).jti)
    }
    expect(jtis.size).toBe(5)
    // Of version 4: one of version 7 would tell when it was made.
    for (const jti of jtis) expect(jti).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/)
  })

  test('may be signed with RS384 by a client that has an RSA key', async () => {
    const { folder, privateKey } = await registerRsaClient()
    const withRsa = await startService({ clients: await loadClients(folder) })
    const assertion = await makeAssertion('rsa-client', { signedBy: privateKey })
    expect(decodeProtectedHeader(assertion).alg).toBe('RS384')
    expect((await post(withRsa, tokenRequest(assertion))).status).toBe(200)
  })

  test('may name the audience in an array of one (RFC 7519 section 4.1.3), and repeat the client id', async () => {
    const assertion = await makeAssertion('gp-practice', { claims: { aud: [TOKEN_URL] } })
    expect((await post(service, tokenRequest(assertion, { client_id: 'gp-practice' }))).status).toBe(200)
  })

  for (const [name, exp] of [
    ['expired within the skew of 60 s', -50],
    ['ahead by five minutes and less than the skew', 350],
  ] as const) {
    test(`may come from a clock that is a little off: ${name}`, async () => {
      expect((await post(service, tokenRequest(await makeAssertion('gp-practice', { times: { exp } })))).status).toBe(
        200,
      )
    })
  }
})

const expectRefusal = async (target: Service, form: string, check: string): Promise<void> => {
  const response = await post(target, form)
  expect({ status: response.status, body: response.body, store: response.headers['cache-control'] }).toEqual({
    status: 401,
    body: { error: 'invalid_client', error_description: expect.stringMatching(/^Client authentication failed\./) },
    store: 'no-store',
  })
  expect(target.logged.at(-1)).toMatchObject({ error: 'invalid_client', check })
}

describe('an assertion is refused, and only the log says why (SMART asymmetric authentication), when it has', () => {
  for (const { name, check, ...parts } of cases) {
    test(name, async () => {
      await expectRefusal(service, tokenRequest(await makeAssertion('gp-practice', parts)), check)
    })
  }

  test('a signature by another key under a registered kid', async () => {
    const { kid } = await privateKeyOf('gp-practice')
    const assertion = await makeAssertion('gp-practice', { signedBy: { ...(await privateKeyOf('ambulance')), kid } })
    await expectRefusal(service, tokenRequest(assertion), 'signature')
  })

  test('been changed after it was signed', async () => {
    const [header, payload, signature] = (await makeAssertion('gp-practice')).split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const changed = Buffer.from(JSON.stringify({ ...claims, jti: 'changed' })).toString('base64url')
    await expectRefusal(service, tokenRequest(`${header}.${changed}.${signature}`), 'signature')
  })

  for (const alg of ['none', 'None', 'HS256', 'HS384', 'RS384', 'ES256', 'PS384']) {
    test(`the algorithm ${alg} in its header, where ES384 is registered`, async () => {
      const [header, payload, signature] = (await makeAssertion('gp-practice')).split('.') as [string, string, string]
      const other = { ...JSON.parse(Buffer.from(header, 'base64url').toString()), alg }
      const encoded = Buffer.from(JSON.stringify(other)).toString('base64url')
      await expectRefusal(service, tokenRequest(`${encoded}.${payload}.${alg === 'none' ? '' : signature}`), 'alg')
    })
  }

  test('been signed with the public key as an HMAC secret', async () => {
    const { x, kid } = (await privateKeyOf('gp-practice')) as JWK & { x: string; kid: string }
    const assertion = await makeAssertion('gp-practice', { signedBy: { kty: 'oct', k: x, kid, alg: 'HS256' } })
    await expectRefusal(service, tokenRequest(assertion), 'alg')
  })

  test('been signed with RS384 by a client that registered ES384 alone', async () => {
    const { kid } = await privateKeyOf('gp-practice')
    const { privateKey } = await generateKeyPair('RS384', { extractable: true })
    const assertion = await makeAssertion('gp-practice', {
      signedBy: { ...(await exportJWK(privateKey)), kid, alg: 'RS384' },
    })
    await expectRefusal(service, tokenRequest(assertion), 'alg')
  })

  test('another client id beside it', async () => {
    await expectRefusal(
      service,
      tokenRequest(await makeAssertion('gp-practice'), { client_id: 'ambulance' }),
      'client-id',
    )
  })

  for (const text of ['x', 'a.b.c', '..', `${Buffer.from('[]').toString('base64url')}.e30.`]) {
    test(`a form that is no JWT: ${text}`, async () => {
      await expectRefusal(service, tokenRequest(text), 'not-a-jwt')
    })
  }

  test('been meant for this endpoint at another address of the same service', async () => {
    const elsewhere = await startService({ base: 'https://other.example' })
    await expectRefusal(elsewhere, tokenRequest(await makeAssertion('gp-practice')), 'aud')
  })

  test('the log names a registered client, and never text that a stranger chose', async () => {
    await post(service, tokenRequest(await makeAssertion('gp-practice', { times: { exp: -100 } })))
    expect(service.logged.at(-1)?.client).toBe('gp-practice')
    await post(service, tokenRequest(await makeAssertion('gp-practice', { claims: { iss: 'a stranger' } })))
    expect(service.logged.at(-1)?.client).toBeUndefined()
    expect(JSON.stringify(service.logged)).not.toContain('a stranger')
  })
})

describe('an assertion is good once (RFC 7523 section 3, jti)', () => {
  test('50 identical ones at once give one token', async () => {
    const target = await startService()
    const server = target.app.listen(0)
    try {
      const form = tokenRequest(await makeAssertion('gp-practice'))
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => supertest(server).post('/auth/token').send(form)),
      )
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
      expect(answers.filter(({ status }) => status === 401)).toHaveLength(49)
      expect(target.logged.every(({ check }) => check === 'replay')).toBe(true)
    } finally {
      server.close()
    }
  })

  test('two clients may use the same jti', async () => {
    const claims = { jti: 'the-same' }
    expect((await post(service, tokenRequest(await makeAssertion('gp-practice', { claims })))).status).toBe(200)
    expect((await post(service, tokenRequest(await makeAssertion('ambulance', { claims })))).status).toBe(200)
  })

  test('one that fails another check uses up nothing', async () => {
    const claims = { jti: 'first-forged' }
    const { kid } = await privateKeyOf('gp-practice')
    const forged = await makeAssertion('gp-practice', {
      claims,
      signedBy: { ...(await privateKeyOf('ambulance')), kid },
    })
    await expectRefusal(service, tokenRequest(forged), 'signature')
    expect((await post(service, tokenRequest(await makeAssertion('gp-practice', { claims })))).status).toBe(200)
  })

  test('it is remembered for as long as the skew would let it in', async () => {
    const remembered: Date[] = []
    const target = await startService({
      useAssertionOnce: async (_client, _jti, expiresAt) => {
        remembered.push(expiresAt)
        return true
      },
    })
    const exp = Math.floor(START / 1000) + 100
    await post(target, tokenRequest(await makeAssertion('gp-practice', { claims: { exp } })))
    expect(remembered).toEqual([new Date((exp + 60) * 1000)])
  })
})

describe('a request is refused in the words of OAuth (RFC 6749 section 5.2) with', () => {
  const refusals: [name: string, replaced: Record<string, string | null>, error: string][] = [
    ['no grant_type', { grant_type: null }, 'invalid_request'],
    ['another grant_type', { grant_type: 'password' }, 'unsupported_grant_type'],
    ['no client_assertion_type', { client_assertion_type: null }, 'invalid_request'],
    [
      'another client_assertion_type',
      { client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:saml2-bearer' },
      'invalid_request',
    ],
    ['no client_assertion', { client_assertion: null }, 'invalid_request'],
    ['a client_secret', { client_secret: 'x' }, 'invalid_request'],
    ['no scope', { scope: null }, 'invalid_scope'],
    ['an empty scope', { scope: '' }, 'invalid_scope'],
    ['a scope of SMART v1', { scope: 'system/*.read' }, 'invalid_scope'],
    ['a scope whose query part has an unknown parameter', { scope: 'system/Goal.rs?colour=blue' }, 'invalid_scope'],
    ['a scope whose query part is chained', { scope: 'system/CarePlan.rs?subject:Patient.name=x' }, 'invalid_scope'],
    ['a scope whose query part has _has', { scope: 'system/Patient.rs?_has:Goal:patient:_id=x' }, 'invalid_scope'],
    ['a scope whose query part shapes an answer', { scope: 'system/CarePlan.rs?_count=5' }, 'invalid_scope'],
    ['a scope whose query part has no value', { scope: 'system/CarePlan.rs?status=' }, 'invalid_scope'],
    ['a scope with a query part for every type', { scope: 'system/*.rs?_tag=x' }, 'invalid_scope'],
    ['more scopes than a hundred', { scope: Array(101).fill('system/Goal.r').join(' ') }, 'invalid_scope'],
    ['a scope with its letters out of order', { scope: 'system/CarePlan.sr' }, 'invalid_scope'],
    ['a scope of a user', { scope: 'user/CarePlan.rs' }, 'invalid_scope'],
    ['one wrong scope among right ones', { scope: 'system/CarePlan.rs system/Goal.read' }, 'invalid_scope'],
  ]
  for (const [name, replaced, error] of refusals) {
    test(name, async () => {
      const response = await post(service, tokenRequest(await makeAssertion('gp-practice'), replaced))
      expect(response.status).toBe(400)
      expect(response.body).toEqual({ error, error_description: expect.any(String) })
      expect(response.headers['cache-control']).toBe('no-store')
    })
  }

  test('a parameter twice (section 3.2)', async () => {
    const response = await post(service, `${tokenRequest(await makeAssertion('gp-practice'))}&scope=system%2FGoal.r`)
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
  })

  test('a second way of authentication (section 2.3)', async () => {
    const response = await post(service, tokenRequest(await makeAssertion('gp-practice'))).auth('gp-practice', 'secret')
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
  })

  test('JSON in place of a form', async () => {
    const response = await supertest(service.app).post('/auth/token').send({ grant_type: 'client_credentials' })
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('no body', async () => {
    const response = await supertest(service.app).post('/auth/token')
    expect([response.status, response.body.error]).toEqual([400, 'invalid_request'])
  })

  test('a body over 16 kB', async () => {
    const response = await post(service, tokenRequest('x'.repeat(20_000)))
    expect([response.status, response.body.error]).toEqual([413, 'invalid_request'])
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('another method than POST', async () => {
    const response = await supertest(service.app).get('/auth/token')
    expect([response.status, response.headers['allow'], response.body.error]).toEqual([405, 'POST', 'invalid_request'])
    expect(response.headers['cache-control']).toBe('no-store')
  })
})

describe('the token carries requested ∩ registered (a scope is a ceiling)', () => {
  test('less than is registered, where less is requested', async () => {
    const { body } = await post(
      service,
      tokenRequest(await makeAssertion('gp-practice'), { scope: 'system/CarePlan.rs' }),
    )
    expect(body.scope).toBe('system/CarePlan.rs')
  })

  test('less than is requested, where less is registered, and the answer says so (RFC 6749 section 5.1)', async () => {
    const { body } = await post(service, tokenRequest(await makeAssertion('keyplan')))
    expect(body.scope).toBe('system/Bundle.cruds')
  })

  test('the query part that is requested, held with that which is registered', async () => {
    const scope = 'system/CarePlan.rs?status=active system/Goal.rs?lifecycle-status=active,proposed&_tag=a|b'
    const { body } = await post(service, tokenRequest(await makeAssertion('gp-practice'), { scope }))
    expect(body.scope.split(' ').sort()).toEqual(scope.split(' ').sort())
    const caller = await service.auth.authenticate(`Bearer ${body.access_token}`)
    expect(caller.scopes).toEqual(scope.split(' ').sort())
  })

  test('what is wrong with a query part is said without a character that no description has (RFC 6749 section 5.2)', async () => {
    const { body } = await post(
      service,
      tokenRequest(await makeAssertion('gp-practice'), { scope: 'system/Goal.rs system/CarePlan.rs?colour=blue' }),
    )
    expect(body.error_description).toMatch(
      /^The query part of Scope 2 of 2 is refused: 'colour' is not a search parameter/,
    )
    expect(body.error_description).toMatch(/^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/)
  })

  test('nothing in common is invalid_scope', async () => {
    const response = await post(service, tokenRequest(await makeAssertion('keyplan'), { scope: 'system/CarePlan.rs' }))
    expect([response.status, response.body.error]).toEqual([400, 'invalid_scope'])
  })
})

describe('when the service itself fails', () => {
  test('503 while the store cannot be reached, and no token', async () => {
    const target = await startService({
      useAssertionOnce: async () => {
        throw problem('unavailable', 'database-unavailable', 'not now', { headers: { 'Retry-After': '5' } })
      },
    })
    const response = await post(target, tokenRequest(await makeAssertion('gp-practice')))
    expect([response.status, response.body.error, response.headers['retry-after']]).toEqual([
      503,
      'temporarily_unavailable',
      '5',
    ])
    expect(response.headers['cache-control']).toBe('no-store')
  })

  test('500 without detail for what nobody foresaw, and the log has it', async () => {
    const target = await startService({
      useAssertionOnce: async () => {
        throw new Error('disk on fire')
      },
    })
    const response = await post(target, tokenRequest(await makeAssertion('gp-practice')))
    expect([response.status, response.body.error]).toEqual([500, 'server_error'])
    expect(response.text).not.toContain('fire')
    expect(target.logged).toEqual([{ err: expect.objectContaining({ message: 'disk on fire' }) }])
  })
})

describe('/.well-known/smart-configuration (SMART App Launch 2.2, Conformance)', () => {
  for (const path of ['/.well-known/smart-configuration', '/fhir/.well-known/smart-configuration']) {
    for (const accept of ['application/json', 'application/fhir+xml', 'text/html']) {
      test(`${path} is application/json, also for Accept: ${accept}`, async () => {
        const response = await supertest(service.app).get(path).set('Accept', accept)
        expect(response.status).toBe(200)
        expect(response.headers['content-type']).toMatch(/^application\/json/)
        expect(response.body).toEqual(service.auth.smartConfiguration())
      })
    }
  }

  test('says what is true of the clients registered now', async () => {
    expect(service.auth.smartConfiguration()).toEqual({
      token_endpoint: `${BASE}/auth/token`,
      jwks_uri: `${BASE}/auth/jwks`,
      grant_types_supported: ['client_credentials'],
      token_endpoint_auth_methods_supported: ['private_key_jwt'],
      token_endpoint_auth_signing_alg_values_supported: ['ES384'],
      scopes_supported: ['system/*.cruds', 'system/Bundle.cruds'],
      capabilities: ['client-confidential-asymmetric', 'permission-v2'],
    })
    const { folder } = await registerRsaClient()
    const withRsa = await startService({ clients: await loadClients(folder) })
    expect(withRsa.auth.smartConfiguration()).toMatchObject({
      token_endpoint_auth_signing_alg_values_supported: ['RS384'],
      scopes_supported: ['system/CarePlan.rs'],
    })
  })

  test('names a token endpoint that gives a token for every scope it lists', async () => {
    const { token_endpoint, scopes_supported } = service.auth.smartConfiguration()
    for (const scope of scopes_supported) {
      const response = await supertest(service.app)
        .post(new URL(token_endpoint).pathname)
        .send(tokenRequest(await makeAssertion('gp-practice', { claims: { aud: token_endpoint } }), { scope }))
      expect([response.status, response.body.scope]).toEqual([200, scope])
    }
  })
})

describe('/auth/jwks', () => {
  test('shows public members only (RFC 7517)', async () => {
    const response = await supertest(service.app).get('/auth/jwks')
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.body.keys).toHaveLength(1)
    for (const key of response.body.keys)
      expect(Object.keys(key).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
  })

  test('cannot be written', async () => {
    expect((await supertest(service.app).post('/auth/jwks')).status).toBe(405)
  })
})
