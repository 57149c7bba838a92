import { readFile, writeFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, exportJWK, generateKeyPair, importJWK, type JWTPayload, SignJWT } from 'jose'
import supertest from 'supertest'
import { type Client, loadClients } from '../../src/auth/clients.ts'
import { loadSigningKeys, type SigningKeys } from '../../src/auth/keys.ts'
import { Problem } from '../../src/fhir/outcome.ts'
import { BASE, FIXTURES, makeAssertion, newFolder, type Service, START, startService, tokenRequest } from './support.ts'

let service: Service
beforeAll(async () => {
  service = await startService()
})

const tokenOf = async (target: Service, client: string, replaced: Record<string, string> = {}): Promise<string> => {
  const response = await supertest(target.app)
    .post('/auth/token')
    .send(tokenRequest(await makeAssertion(client), replaced))
  return (response.body as { access_token: string }).access_token
}

/** A token signed by this service's own key, right in everything but what is replaced. */
const signedByService = async (
  keys: SigningKeys,
  replaced: { claims?: JWTPayload; header?: Record<string, unknown> },
): Promise<string> => {
  const seconds = Math.floor(START / 1000)
  const claims = {
    iss: BASE,
    aud: `${BASE}/fhir`,
    sub: 'gp-practice',
    scope: 'system/*.cruds',
    exp: seconds + 300,
    jti: 'x',
  }
  return new SignJWT({ ...claims, ...replaced.claims })
    .setProtectedHeader({ alg: 'ES384', kid: keys.kid, typ: 'at+jwt', ...replaced.header })
    .sign(keys.privateKey)
}

const refusal = async (authorization: string | undefined, target = service): Promise<Problem> => {
  const outcome = await target.auth.authenticate(authorization).catch((error: unknown) => error)
  if (!(outcome instanceof Problem)) throw new Error('authenticate() did not throw a Problem')
  return outcome
}

describe('a token of the token endpoint', () => {
  test('proves the caller, with role and organisation as registered', async () => {
    expect(await service.auth.authenticate(`Bearer ${await tokenOf(service, 'ambulance')}`)).toEqual({
      kind: 'system',
      clientId: 'ambulance',
      role: 'ambulance',
      organization: 'ZZ902',
      scopes: ['system/*.cruds'],
    })
  })

  test('carries the scopes that were granted, no more', async () => {
    const token = await tokenOf(service, 'gp-practice', { scope: 'system/Goal.r system/CarePlan.rs' })
    expect((await service.auth.authenticate(`Bearer ${token}`)).scopes).toEqual(['system/CarePlan.rs', 'system/Goal.r'])
  })

  test('is accepted whatever the case of "Bearer" (RFC 9110 section 11.1)', async () => {
    const token = await tokenOf(service, 'gp-practice')
    expect((await service.auth.authenticate(`bearer ${token}`)).clientId).toBe('gp-practice')
  })

  test('is accepted by another process that has the same keys', async () => {
    const other = await startService({ keys: service.keys })
    const token = await tokenOf(service, 'gp-practice')
    expect((await other.auth.authenticate(`Bearer ${token}`)).clientId).toBe('gp-practice')
  })
})

describe('no credentials (RFC 6750 section 3.1: a challenge without an error code)', () => {
  for (const authorization of [undefined, '', 'Basic Z3A6c2VjcmV0', 'Bearerish x']) {
    test(`${authorization === undefined ? 'no header' : JSON.stringify(authorization)}`, async () => {
      const thrown = await refusal(authorization)
      expect([thrown.kind, thrown.status, thrown.issues[0]?.key]).toEqual(['unauthenticated', 401, 'token-missing'])
      expect(thrown.headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="keyplan"' })
    })
  }
})

const expectInvalid = (thrown: Problem, key = 'token-invalid'): void => {
  expect([thrown.kind, thrown.status, thrown.issues[0]?.key]).toEqual(['unauthenticated', 401, key])
  expect(thrown.headers).toEqual({ 'WWW-Authenticate': 'Bearer realm="keyplan", error="invalid_token"' })
}

describe('a token is refused (RFC 6750 section 3.1, invalid_token) when it', () => {
  for (const authorization of ['Bearer', 'Bearer ', 'Bearer a b', 'Bearer x', 'Bearer a.b.c', 'Bearer ü.b.c']) {
    test(`is no token at all: ${JSON.stringify(authorization)}`, async () => {
      expectInvalid(await refusal(authorization))
    })
  }

  test('has expired', async () => {
    const target = await startService()
    const token = await tokenOf(target, 'gp-practice')
    target.clock.now += 301_000
    expectInvalid(await refusal(`Bearer ${token}`, target), 'token-expired')
  })

  test('has expired since it was verified', async () => {
    const target = await startService()
    const authorization = `Bearer ${await tokenOf(target, 'gp-practice')}`
    await target.auth.authenticate(authorization)
    target.clock.now += 299_000
    expect(target.auth.authenticateCached(authorization)?.clientId).toBe('gp-practice')
    target.clock.now += 2000
    expect(target.auth.authenticateCached(authorization)).toBeUndefined()
    expectInvalid(await refusal(authorization, target), 'token-expired')
  })

  test('comes from another service with the same address', async () => {
    const other = await startService()
    expectInvalid(await refusal(`Bearer ${await tokenOf(other, 'gp-practice')}`))
  })

  test('was changed', async () => {
    const [header, payload, signature] = (await tokenOf(service, 'keyplan')).split('.') as [string, string, string]
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString())
    const changed = Buffer.from(JSON.stringify({ ...claims, scope: 'system/*.cruds' })).toString('base64url')
    expectInvalid(await refusal(`Bearer ${header}.${changed}.${signature}`))
  })

  for (const alg of ['none', 'HS256', 'ES256']) {
    test(`says the algorithm ${alg}`, async () => {
      const [header, payload, signature] = (await tokenOf(service, 'gp-practice')).split('.') as [
        string,
        string,
        string,
      ]
      const members = JSON.parse(Buffer.from(header, 'base64url').toString())
      const changed = Buffer.from(JSON.stringify({ ...members, alg })).toString('base64url')
      expectInvalid(await refusal(`Bearer ${changed}.${payload}.${alg === 'none' ? '' : signature}`))
    })
  }

  test('is signed with the public key as an HMAC secret', async () => {
    const [jwk] = service.keys.jwks.keys
    const secret = await importJWK({ kty: 'oct', k: jwk?.['x'] as string }, 'HS256')
    const token = await new SignJWT({ iss: BASE, aud: `${BASE}/fhir`, sub: 'gp-practice', scope: 'system/*.cruds' })
      .setProtectedHeader({ alg: 'HS256', kid: service.keys.kid, typ: 'at+jwt' })
      .setExpirationTime('5m')
      .sign(secret)
    expectInvalid(await refusal(`Bearer ${token}`))
  })

  test("is a client's own assertion", async () => {
    expectInvalid(await refusal(`Bearer ${await makeAssertion('gp-practice', { claims: { aud: `${BASE}/fhir` } })}`))
  })

  test('is signed by a key of the service, but as another kind of token', async () => {
    expectInvalid(await refusal(`Bearer ${await signedByService(service.keys, { header: { typ: 'JWT' } })}`))
  })

  const wrongClaims: [string, JWTPayload][] = [
    ['has another issuer', { iss: 'https://elsewhere.example' }],
    ['has another audience', { aud: 'https://elsewhere.example/fhir' }],
    ['is meant for the base address, not for the FHIR base', { aud: BASE }],
    ['names a client that is not registered', { sub: 'stranger' }],
  ]
  for (const [name, claims] of wrongClaims) {
    test(name, async () => {
      expectInvalid(await refusal(`Bearer ${await signedByService(service.keys, { claims })}`))
    })
  }

  test('names a key that this service does not have', async () => {
    expectInvalid(await refusal(`Bearer ${await signedByService(service.keys, { header: { kid: 'unknown' } })}`))
    expectInvalid(await refusal(`Bearer ${await signedByService(service.keys, { header: { kid: undefined } })}`))
  })

  test('and the refusal repeats nothing of it', async () => {
    const thrown = await refusal('Bearer secret-looking-text')
    expect(JSON.stringify([thrown.issues, thrown.headers])).not.toContain('secret-looking')
  })
})

describe('the registration now decides, whatever the token says', () => {
  const change = async (changes: Partial<Client>) => {
    const clients = new Map(await loadClients(FIXTURES))
    const target = await startService({ clients })
    const authorization = `Bearer ${await tokenOf(target, 'gp-practice')}`
    await target.auth.authenticate(authorization)
    clients.set('gp-practice', { ...(clients.get('gp-practice') as Client), ...changes })
    return { target, authorization, clients }
  }

  test('fewer scopes', async () => {
    const { target, authorization } = await change({ scopes: ['system/CarePlan.r'] })
    expect((await target.auth.authenticate(authorization)).scopes).toEqual(['system/CarePlan.r'])
  })

  test('another role and organisation', async () => {
    const { target, authorization } = await change({ role: 'hospice', organization: { ods: 'ZZ999', name: 'Another' } })
    expect(await target.auth.authenticate(authorization)).toMatchObject({ role: 'hospice', organization: 'ZZ999' })
  })

  test('registered no more: the next request is refused, verified before or not', async () => {
    const { target, authorization, clients } = await change({})
    clients.delete('gp-practice')
    expect(target.auth.authenticateCached(authorization)).toBeUndefined()
    expectInvalid(await refusal(authorization, target))
  })
})

describe('verified tokens are remembered', () => {
  test('the caller is then known without waiting', async () => {
    const authorization = `Bearer ${await tokenOf(service, 'hospital')}`
    expect(service.auth.authenticateCached(authorization)).toBeUndefined()
    const caller = await service.auth.authenticate(authorization)
    expect(service.auth.authenticateCached(authorization)).toBe(caller)
    expect(service.auth.authenticateCached(undefined)).toBeUndefined()
  })

  test('a refused token is not', async () => {
    const authorization = `Bearer ${await tokenOf(await startService(), 'hospital')}`
    await refusal(authorization)
    expect(service.auth.authenticateCached(authorization)).toBeUndefined()
  })

  test('by the whole header, so that a changed signature is verified again', async () => {
    const authorization = `Bearer ${await tokenOf(service, 'hospital')}`
    await service.auth.authenticate(authorization)
    const changed = authorization.replace(/.{4}$/, (end) => (end === 'AAAA' ? 'BBBB' : 'AAAA'))
    expect(service.auth.authenticateCached(changed)).toBeUndefined()
    expectInvalid(await refusal(changed))
  })
})

describe('two signing keys live at once', () => {
  test('tokens of the old key hold while the new one signs', async () => {
    const dataFolder = await newFolder()
    const before = await startService({ keys: await loadSigningKeys({ dataFolder }) })
    const oldToken = await tokenOf(before, 'gp-practice')

    const [{ d: _, ...oldKey }] = JSON.parse(await readFile(`${dataFolder}/signing-keys.json`, 'utf8')).keys
    const newKey = await exportJWK((await generateKeyPair('ES384', { extractable: true })).privateKey)
    const file = `${dataFolder}/two-keys.json`
    await writeFile(file, JSON.stringify({ keys: [{ ...newKey, kid: 'new' }, oldKey] }))
    const after = await startService({ keys: await loadSigningKeys({ file, dataFolder }) })
    const newToken = await tokenOf(after, 'gp-practice')

    expect(decodeProtectedHeader(newToken).kid).toBe('new')
    expect((await after.auth.authenticate(`Bearer ${newToken}`)).clientId).toBe('gp-practice')
    expect((await after.auth.authenticate(`Bearer ${oldToken}`)).clientId).toBe('gp-practice')
    expectInvalid(await refusal(`Bearer ${newToken}`, before))
  })
})
