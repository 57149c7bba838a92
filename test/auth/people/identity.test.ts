import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { loadApps } from '../../../src/auth/people/apps.ts'
import { loadIdTokenKeys } from '../../../src/auth/people/id-token.ts'
import { type Identity, loadIdentity } from '../../../src/auth/people/identity.ts'
import { type Claims, personOf } from '../../../src/auth/people/person.ts'
import { createProvider } from '../../../src/auth/people/provider.ts'
import { Problem } from '../../../src/fhir/outcome.ts'
import { scopeQueryFinding } from '../../../src/search/scope-query.ts'

const CASES: readonly Readonly<{ about: string; claims: Claims; person?: object; key?: string; claim?: string }>[] =
  JSON.parse(readFileSync(new URL('./claims.cases.json', import.meta.url), 'utf8'))

const MAPPING = {
  name: 'Test sign-in',
  issuer: 'https://id.hospital.example',
  clientId: 'keyplan',
  clientSecretFile: 'secret',
  role: { claim: 'job', values: { N1: 'community-nurse', P1: 'ambulance', self: 'patient', other: 'proxy' } },
  patient: { claim: 'nhs', system: 'https://fhir.nhs.uk/Id/nhs-number' },
  organization: { claim: 'ods' },
  assurance: { claim: 'acr', values: { gold: 'high', silver: 'medium' } },
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-identity-'))
  await writeFile(join(folder, 'secret'), 'the secret\n')
  await writeFile(join(folder, 'empty'), '\n')
  await writeFile(join(folder, 'key.json'), JSON.stringify({ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const load = async (replaced: object): Promise<Identity> => {
  const file = join(folder, 'identity.json')
  await writeFile(file, JSON.stringify({ ...MAPPING, ...replaced }))
  return loadIdentity(file)
}

describe('who somebody is', () => {
  test.each(CASES)('$about', async ({ claims, person, key, claim }) => {
    const identity = await load({})
    const read = (): unknown => personOf(identity, claims)
    if (person !== undefined) {
      expect(read()).toEqual({ issuer: MAPPING.issuer, ...person })
      return
    }
    expect(read).toThrow(Problem)
    try {
      read()
    } catch (error) {
      const [issue] = (error as Problem).issues
      expect([(error as Problem).kind, issue?.key]).toEqual(['forbidden', key])
      expect(issue?.text).toContain(`"${claim}"`)
    }
  })

  test('an organisation can be mapped, and then only what is mapped is one', async () => {
    const identity = await load({ organization: { claim: 'ods', values: { north: 'Z00001' } } })
    const claims = { sub: '1', job: 'N1', acr: 'gold' }
    expect(personOf(identity, { ...claims, ods: 'north' }).organization).toBe('Z00001')
    expect(() => personOf(identity, { ...claims, ods: 'ZZ901' })).toThrow(Problem)
  })
})

describe('the file of KEYPLAN_IDENTITY', () => {
  test('says how people sign in; sessions last 15 minutes without use and 8 hours unless it says otherwise', async () => {
    expect(await load({})).toMatchObject({
      credential: { kind: 'secret', secret: 'the secret' },
      scopes: ['openid', 'profile'],
      limits: { idleSeconds: 900, seconds: 28_800 },
    })
    expect((await load({ session: { idleMinutes: 5, hours: 1 } })).limits).toEqual({ idleSeconds: 300, seconds: 3_600 })
  })

  test.each([
    ['an unknown element', { rol: {} }, 'has the unknown element "rol"'],
    [
      'a role that there is not',
      { role: { claim: 'job', values: { N1: 'wizard' } } },
      '/role/values/N1 must be one of',
    ],
    [
      'patients, and no claim that says which record is theirs',
      { role: { claim: 'job', values: { N1: 'patient' } }, patient: undefined },
      '/role maps to `patient`, so /patient must say which claim has the number of their own record',
    ],
    [
      'patients who are known by a number that names nobody',
      { patient: { claim: 'nhs', system: 'https://elsewhere.example/number' } },
      '/patient/system must be one of',
    ],
    [
      'a role that there is not',
      { role: { claim: 'job', values: { N1: 'undertaker' } } },
      '/role/values/N1 must be one of',
    ],
    [
      'an assurance that there is not',
      { assurance: { claim: 'acr', values: { 1: 'certain' } } },
      'must be one of low, medium, high',
    ],
    [
      'an organisation that is no ODS code',
      { organization: { claim: 'o', values: { a: 'here' } } },
      '/organization/values/a',
    ],
    ['a provider without TLS', { issuer: 'http://id.hospital.example' }, 'https address'],
    ['no way to prove who KeyPlan is', { clientSecretFile: undefined }, 'clientSecretFile'],
    ['two ways', { privateKeyFile: 'key.json' }, 'clientSecretFile'],
    ['a secret that is not there', { clientSecretFile: 'nowhere' }, 'cannot be read (ENOENT)'],
    ['an empty secret', { clientSecretFile: 'empty' }, 'is empty'],
    ['a key that is not private', { clientSecretFile: undefined, privateKeyFile: 'key.json' }, 'is not a private JWK'],
    ['a session of a day', { session: { hours: 24 } }, '/session/hours must be <= 12'],
    ['scopes without openid', { scopes: ['profile'] }, '/scopes'],
  ])('is refused with %s, and it is said where', async (_what, replaced, says) => {
    const error: unknown = await load(replaced).catch((cause: unknown) => cause)
    expect(String(error)).toContain('KEYPLAN_IDENTITY: ')
    expect(String(error)).toContain(says)
    expect(String(error)).not.toContain('the secret')
  })
})

describe('the registration of an app', () => {
  const APP = {
    kind: 'app',
    clientId: 'viewer',
    name: 'Viewer (synthetic)',
    redirectUris: ['https://app.example/callback'],
    scopes: ['launch/patient', 'patient/*.rs'],
    public: true,
  }
  const apps = async (registrations: readonly object[], systems = new Map()) => {
    const file = join(folder, 'apps.json')
    await writeFile(file, JSON.stringify(registrations))
    return loadApps(file, systems, scopeQueryFinding)
  }

  test.each([
    'https://app.example/callback',
    'https://app.example/callback?tenant=1',
    'http://localhost:9000/callback',
    'http://127.0.0.1/callback',
    'uk.example.app:/callback',
  ])('can name the redirect address %s', async (address) => {
    expect((await apps([{ ...APP, redirectUris: [address] }])).get('viewer')?.redirectUris).toEqual([address])
  })

  test.each([
    ['http on another machine', { redirectUris: ['http://app.example/callback'] }, '/redirectUris/0'],
    ['a fragment', { redirectUris: ['https://app.example/#x'] }, '/redirectUris/0'],
    ['a script', { redirectUris: ['javascript:alert(1)'] }, '/redirectUris/0'],
    ['data', { redirectUris: ['data:text/html,x'] }, '/redirectUris/0'],
    ['a user in the address', { redirectUris: ['https://a@app.example/'] }, '/redirectUris/0'],
    ['no address', { redirectUris: [] }, '/redirectUris'],
    ['scopes of systems', { scopes: ['system/*.rs'] }, '/scopes/0'],
    ['a query part that shapes an answer', { scopes: ['user/Goal.rs', 'user/Goal.rs?_count=5'] }, '/scopes/1'],
    ['a query part that is chained', { scopes: ['patient/Goal.rs?patient.name=x'] }, '/scopes/0'],
    ['scopes that outlive the session', { scopes: ['offline_access'] }, '/scopes/0'],
    ['nothing that proves who it is', { public: undefined }, '`public`'],
    ['a secret', { clientSecret: 'x' }, 'clientSecret'],
    ['an unknown element', { redirectUri: 'x' }, 'redirectUri'],
  ])('is refused with %s', async (_what, replaced, says) => {
    await expect(apps([{ ...APP, ...replaced }])).rejects.toThrow(says)
  })

  test('is refused where a system or another app has its name', async () => {
    await expect(apps([APP, APP])).rejects.toThrow('already registered')
    await expect(apps([APP], new Map([['viewer', {}]]) as never)).rejects.toThrow('already registered')
  })
})

describe('the keys of ID tokens', () => {
  test('are made once, of 2,048 bits, and shown without what is secret', async () => {
    const [first, second] = [
      await loadIdTokenKeys({ dataFolder: folder }),
      await loadIdTokenKeys({ dataFolder: folder }),
    ]
    expect(first.kid).toBe(second.kid)
    expect(Object.keys(first.jwks.keys[0] ?? {}).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use'])
    expect(Buffer.from(first.jwks.keys[0]?.n ?? '', 'base64url')).toHaveLength(256)
  })

  test('of another kind are refused', async () => {
    await expect(loadIdTokenKeys({ dataFolder: folder, file: join(folder, 'key.json') })).rejects.toThrow(
      'holds no `keys`',
    )
    const file = join(folder, 'keys.json')
    await writeFile(file, JSON.stringify({ keys: [{ kty: 'EC', crv: 'P-256', x: 'a', y: 'b' }] }))
    await expect(loadIdTokenKeys({ dataFolder: folder, file })).rejects.toThrow('/keys/0')
  })
})

test('a provider that cannot be reached is not the fault of who signs in', async () => {
  const identity = await load({ issuer: 'http://localhost:1' })
  const provider = createProvider(identity, {
    redirectUri: 'http://localhost/sign-in/callback',
    signedOut: 'http://localhost/',
  })
  const failure: unknown = await provider
    .authorizationUrl({ state: 's', nonce: 'n', verifier: 'v' })
    .catch((error: unknown) => error)
  expect([(failure as Problem).kind, (failure as Problem).issues[0]?.key]).toEqual([
    'unavailable',
    'identity-provider-unavailable',
  ])
})
