import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import type { Patient, Practitioner } from 'fhir/r4.js'
import { type CryptoKey, createRemoteJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify, SignJWT } from 'jose'
import { person, register } from '../../support/people.ts'
import type { Answer } from '../../support/service.ts'
import { allowed, askFhir, testApp, tokenFor } from './app.ts'
import { fieldOn, type HttpBrowser } from './http-browser.ts'
import { APP, APPS, type PeopleService, startPeople } from './support.ts'

const numberOf = ({ patient }: { patient: Patient }): string => patient.identifier?.[0]?.value ?? ''
const MARGARET = numberOf(person('margaret'))

let people: PeopleService
let clinicalKey: CryptoKey
let margaret: string
let gp: HttpBrowser

const { privateKey, publicKey } = await generateKeyPair('ES384', { extractable: true })

beforeAll(async () => {
  clinicalKey = privateKey as CryptoKey
  const jwk: JWK = { ...(await exportJWK(publicKey)), kid: 'app-key', alg: 'ES384' }
  people = await startPeople({
    apps: [
      ...APPS,
      {
        kind: 'app',
        clientId: 'ward-board',
        name: 'Ward board (synthetic)',
        redirectUris: [`${APP}/callback`],
        scopes: ['user/Patient.rs'],
        jwks: { keys: [jwk] },
      },
    ],
  })
  margaret = await register(await people.service.fhir('gp-practice'), person('margaret'))
  gp = await people.signIn('ailsa')
}, 120_000)
afterAll(async () => {
  await people?.stop()
})

const viewer = (scope?: string) => testApp(people.baseUrl, 'viewer', scope)

const ask = <Body>(token: string, path: string): Promise<Answer<Body>> => askFhir(people.baseUrl, token, 'GET', path)

describe('the token of an app (SMART App Launch 2.2, "Obtain access token")', () => {
  test('lives five minutes, says for whom it is, is kept nowhere, and cannot be refreshed', async () => {
    const app = viewer('openid fhirUser launch/patient patient/*.rs offline_access')
    const { status, headers, body } = await app.redeem(await allowed(gp, people.baseUrl, app.url(), MARGARET))
    expect([status, headers.get('cache-control'), headers.get('pragma')]).toEqual([200, 'no-store', 'no-cache'])
    expect(body).toEqual({
      access_token: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      token_type: 'Bearer',
      expires_in: 300,
      scope: 'openid fhirUser launch/patient patient/*.rs',
      patient: margaret,
      need_patient_banner: true,
      id_token: expect.any(String),
    })
    const refresh = await app.redeem('', { grant_type: 'refresh_token', refresh_token: body.access_token })
    expect(refresh.body.error).toBe('unsupported_grant_type')
  })

  test('is given once for a code, and a code that comes again ends it (RFC 6749 section 4.1.2)', async () => {
    const app = viewer()
    const code = await allowed(gp, people.baseUrl, app.url(), MARGARET)
    const { body } = await app.redeem(code)
    expect((await ask(body.access_token, `/Patient/${margaret}`)).status).toBe(200)
    const again = await app.redeem(code)
    expect([again.status, again.body.error]).toEqual([400, 'invalid_grant'])
    expect((await ask(body.access_token, `/Patient/${margaret}`)).status).toBe(401)
  })

  test('is given to one at most of 20 who bring one code at the same time', async () => {
    const app = viewer()
    const code = await allowed(gp, people.baseUrl, app.url(), MARGARET)
    const answers = await Promise.all(Array.from({ length: 20 }, () => app.redeem(code)))
    expect(answers.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(1)
    for (const { body } of answers.filter(({ status }) => status === 200))
      expect((await ask(body.access_token, `/Patient/${margaret}`)).status).toBe(401)
  })

  test.each([
    ['no code_verifier (RFC 7636)', { code_verifier: null }],
    ['another code_verifier', { code_verifier: 'E'.repeat(43) }],
    ['a code_verifier that is too short', { code_verifier: 'E' }],
    ['the challenge in place of the code_verifier', 'challenge'],
    ['another redirect_uri', { redirect_uri: `${APP}/other` }],
    ['no redirect_uri', { redirect_uri: null }],
    ['no code', { code: null }],
    ['another code', { code: 'F'.repeat(43) }],
  ] as const)('is not given for %s, and the code is used up', async (what, replaced) => {
    const app = viewer()
    const code = await allowed(gp, people.baseUrl, app.url(), MARGARET)
    const fields = replaced === 'challenge' ? { code_verifier: app.request().get('code_challenge') } : replaced
    const refused = await app.redeem(code, fields)
    expect([refused.status, refused.body.error]).toEqual([400, 'invalid_grant'])
    if (!/^(no|another) code$/.test(what)) expect((await app.redeem(code)).body.error).toBe('invalid_grant')
  })

  test('is not given for a code that is older than a minute', async () => {
    const app = viewer()
    const code = await allowed(gp, people.baseUrl, app.url(), MARGARET)
    await people.service.database.query(
      `update app_grant set code_ends = code_ends - interval '60 seconds' where token is null`,
    )
    expect((await app.redeem(code)).body.error).toBe('invalid_grant')
  })

  test.each([
    ['an app that is not registered', { client_id: 'nobody' }],
    ['no app', { client_id: null }],
    ['a system', { client_id: 'gp-practice' }],
    ['an app that has a key, without it', { client_id: 'ward-board' }],
    ['an app with a secret, of which there are none', { client_secret: 'secret' }],
  ])('is not given to %s', async (_who, replaced) => {
    const app = viewer()
    const code = await allowed(gp, people.baseUrl, app.url(), MARGARET)
    const refused = await app.redeem(code, replaced)
    expect([refused.status, refused.body.error]).toEqual([401, 'invalid_client'])
  })

  test('is not given for the code of another app', async () => {
    const board = testApp(people.baseUrl, 'ward-board', 'user/Patient.rs')
    const code = await allowed(gp, people.baseUrl, board.url())
    const refused = await board.redeem(code, { client_id: 'viewer' })
    expect(refused.body.error).toBe('invalid_grant')
  })

  test('is given to an app that proves by its key who it is (client-confidential-asymmetric)', async () => {
    const assertion = (audience: string): Promise<string> =>
      new SignJWT()
        .setProtectedHeader({ alg: 'ES384', kid: 'app-key', typ: 'JWT' })
        .setIssuer('ward-board')
        .setSubject('ward-board')
        .setAudience(audience)
        .setExpirationTime('2m')
        .setJti(crypto.randomUUID())
        .sign(clinicalKey)
    const board = testApp(people.baseUrl, 'ward-board', 'user/Patient.rs')
    const prove = async (audience: string) => ({
      client_id: null,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await assertion(audience),
    })
    const wrong = await board.redeem(
      await allowed(gp, people.baseUrl, board.url()),
      await prove('https://elsewhere.example/auth/token'),
    )
    expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client'])
    const right = await prove(`${people.baseUrl}/auth/token`)
    const { status, body } = await board.redeem(await allowed(gp, people.baseUrl, board.url()), right)
    expect([status, body.scope]).toEqual([200, 'user/Patient.rs'])
    const replayed = await board.redeem(await allowed(gp, people.baseUrl, board.url()), right)
    expect([replayed.status, replayed.body.error]).toEqual([401, 'invalid_client'])
  })

  test.each([
    [
      'five minutes after it was given',
      `update app_grant set token_ends = token_ends - interval '300 seconds' where token is not null`,
    ],
    ['with the session, at the latest', `update session set ends = began where subject = 'rory'`],
  ])('is over %s', async (_when, statement) => {
    const browser = await people.signIn('rory')
    const app = viewer('user/Patient.rs')
    const { body } = await app.redeem(await allowed(browser, people.baseUrl, app.url()))
    expect((await ask(body.access_token, `/Patient/${margaret}`)).status).toBe(200)
    await people.service.database.query(statement)
    const over = await ask(body.access_token, `/Patient/${margaret}`)
    expect([over.status, over.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer realm="keyplan", error="invalid_token"',
    ])
  })

  test('is over when the person signs out, and so is a code', async () => {
    const browser = await people.signIn('ailsa')
    const app = viewer('user/Patient.rs')
    const { body } = await app.redeem(await allowed(browser, people.baseUrl, app.url()))
    const code = await allowed(browser, people.baseUrl, app.url())
    const me = await browser.get(`${people.baseUrl}/me`)
    await browser.post(`${people.baseUrl}/sign-out`, { csrf: fieldOn(me.text, 'csrf') })
    expect((await ask(body.access_token, `/Patient/${margaret}`)).status).toBe(401)
    expect((await app.redeem(code)).body.error).toBe('invalid_grant')
  })

  test('is stored as a hash', async () => {
    const token = await tokenFor(gp, people.baseUrl, 'user/Patient.r')
    const rows = await people.service.database.query<{ all: string }>('select app_grant::text as all from app_grant')
    expect(rows.some(({ all }) => all.includes(token) || all.includes(Buffer.from(token).toString('hex')))).toBe(false)
  })
})

describe('the ID token (OpenID Connect Core 1.0, section 2; SMART "sso-openid-connect")', () => {
  test('is signed with RS256 by a key that is published, and says who, for which app, and when they signed in', async () => {
    const app = viewer()
    const { body } = await app.redeem(await allowed(gp, people.baseUrl, app.url(), MARGARET))
    const discovered = await (await fetch(`${people.baseUrl}/.well-known/openid-configuration`)).json()
    const { issuer, jwks_uri: address } = discovered as { issuer: string; jwks_uri: string }
    const { payload } = await jwtVerify(body.id_token ?? '', createRemoteJWKSet(new URL(address)), {
      algorithms: ['RS256'],
      issuer,
      audience: 'viewer',
    })
    expect(payload).toMatchObject({ nonce: 'a nonce of the app', sub: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) })
    expect(payload['auth_time']).toBeLessThanOrEqual(payload.iat as number)
    expect((payload.exp as number) - (payload.iat as number)).toBe(300)

    const fhirUser = String(payload['fhirUser'])
    expect(fhirUser.startsWith(`${people.baseUrl}/fhir/Practitioner/`)).toBe(true)
    const read = await ask<Practitioner>(
      await tokenFor(gp, people.baseUrl, 'user/Practitioner.r'),
      fhirUser.slice(`${people.baseUrl}/fhir`.length),
    )
    expect(read.body.name?.[0]?.text).toBe('Dr Ailsa Synthetic')
  })

  test('names a person the same each time, and stands for one Practitioner', async () => {
    const claims = async () => {
      const app = viewer()
      const { body } = await app.redeem(await allowed(gp, people.baseUrl, app.url(), MARGARET))
      const { sub, fhirUser } = JSON.parse(Buffer.from(body.id_token?.split('.')[1] ?? '', 'base64url').toString())
      return { sub, fhirUser }
    }
    expect(await claims()).toEqual(await claims())
  })

  test('is not given without openid', async () => {
    const app = viewer('user/*.rs')
    expect((await app.redeem(await allowed(gp, people.baseUrl, app.url()))).body.id_token).toBeUndefined()
  })
})

describe('discovery (SMART App Launch 2.2, "Conformance"; OpenID Connect Discovery 1.0)', () => {
  test('names what runs', async () => {
    const smart = await (await fetch(`${people.baseUrl}/fhir/.well-known/smart-configuration`)).json()
    expect(smart).toMatchObject({
      issuer: people.baseUrl,
      authorization_endpoint: `${people.baseUrl}/auth/authorize`,
      token_endpoint: `${people.baseUrl}/auth/token`,
      grant_types_supported: ['client_credentials', 'authorization_code'],
      code_challenge_methods_supported: ['S256'],
      capabilities: expect.arrayContaining([
        'launch-ehr',
        'launch-standalone',
        'authorize-post',
        'client-public',
        'client-confidential-asymmetric',
        'sso-openid-connect',
        'context-banner',
        'context-ehr-patient',
        'context-standalone-patient',
        'permission-patient',
        'permission-user',
        'permission-v2',
      ]),
    })
    expect((smart as { capabilities: string[] }).capabilities).not.toContain('permission-offline')
    const openid = await (await fetch(`${people.baseUrl}/.well-known/openid-configuration`)).json()
    expect(openid).toMatchObject({
      issuer: people.baseUrl,
      response_types_supported: ['code'],
      id_token_signing_alg_values_supported: ['RS256'],
      token_endpoint_auth_methods_supported: ['none', 'private_key_jwt'],
      code_challenge_methods_supported: ['S256'],
      authorization_response_iss_parameter_supported: true,
    })
  })

  test('names nothing of it where no app is registered', async () => {
    const systems = await startPeople({ apps: [] })
    try {
      const smart = await (await fetch(`${systems.baseUrl}/.well-known/smart-configuration`)).json()
      expect(Object.keys(smart as object)).not.toContain('authorization_endpoint')
      expect((await fetch(`${systems.baseUrl}/.well-known/openid-configuration`)).status).toBe(404)
    } finally {
      await systems.stop()
    }
  }, 120_000)
})
