import { generateKeyPairSync } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { type Client, loadClients, usesTestKeys } from '../../src/auth/clients.ts'
import { TEST_KEY_THUMBPRINTS } from '../../src/auth/test-keys.ts'
import { FIXTURES, newFolder, privateKeyOf } from './support.ts'

type Registration = { clientId: string; jwks: { keys: JWK[] }; [member: string]: unknown }

const publicKey = async (algorithm = 'ES384', kid = 'k1'): Promise<JWK> => ({
  ...(await exportJWK((await generateKeyPair(algorithm, { extractable: true })).publicKey)),
  kid,
})

const registration = async (changes: Record<string, unknown> = {}): Promise<Registration> => ({
  clientId: 'test-client',
  name: 'Synthetic client',
  role: 'hospice',
  organization: { ods: 'ZZ920', name: 'Synthetic hospice' },
  scopes: ['system/CarePlan.rs'],
  jwks: { keys: [await publicKey()] },
  ...changes,
})

const fileWith = async (content: unknown): Promise<string> => {
  const file = join(await newFolder(), 'clients.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

describe('KEYPLAN_CLIENTS', () => {
  test('a folder: each JSON file is a registration, private keys beside them are not read', async () => {
    const clients = await loadClients(FIXTURES)
    expect([...clients.keys()]).toEqual([
      'ambulance',
      'gp-practice',
      'hospital',
      'integrator',
      'keyplan',
      'out-of-hours',
    ])
  })

  test('a file with one registration', async () => {
    const client = (await loadClients(await fileWith(await registration()))).get('test-client') as Client
    expect(client).toMatchObject({ role: 'hospice', organization: { ods: 'ZZ920' }, scopes: ['system/CarePlan.rs'] })
    expect([...client.keys]).toEqual([['k1', expect.objectContaining({ algorithm: 'ES384' })]])
  })

  test('a file with an array of registrations', async () => {
    const file = await fileWith([await registration(), await registration({ clientId: 'another' })])
    expect([...(await loadClients(file)).keys()]).toEqual(['test-client', 'another'])
  })

  test('two keys of a client, so that it can change them', async () => {
    const keys = [await publicKey('ES384', 'old'), await publicKey('RS384', 'new')]
    const client = (await loadClients(await fileWith(await registration({ jwks: { keys } })))).get('test-client')
    expect([...(client?.keys ?? [])].map(([kid, { algorithm }]) => [kid, algorithm])).toEqual([
      ['old', 'ES384'],
      ['new', 'RS384'],
    ])
  })
})

describe('a wrong registration refuses the start and names file and element', () => {
  const cases: [
    name: string,
    changes: () => Promise<Record<string, unknown>> | Record<string, unknown>,
    message: RegExp,
  ][] = [
    ['no client id', () => ({ clientId: undefined }), /required property 'clientId'/],
    ['a client id with a blank', () => ({ clientId: 'a b' }), /\/clientId must match/],
    ['an unknown role', () => ({ role: 'admin' }), /\/role must be one of gp-practice, /],
    ['no organisation', () => ({ organization: undefined }), /required property 'organization'/],
    ['an ODS code in small letters', () => ({ organization: { ods: 'zz1', name: 'x' } }), /\/organization\/ods/],
    [
      'a SMART v1 scope',
      () => ({ scopes: ['system/CarePlan.rs', 'system/*.read'] }),
      /\/scopes\/1 must be a SMART v2 scope/,
    ],
    [
      'a scope whose query part has no value',
      () => ({ scopes: ['system/Goal.r?x='] }),
      /\/scopes\/0 must be a SMART v2 scope/,
    ],
    ['no scope', () => ({ scopes: [] }), /\/scopes must NOT have fewer/],
    ['an unknown element', () => ({ scope: 'system/*.cruds' }), /unknown element "scope"/],
    [
      'keys by value and by address',
      () => ({ jwksUri: 'https://client.example/jwks' }),
      /\/ needs the public keys .* or else/,
    ],
    ['neither keys nor their address', () => ({ jwks: undefined }), /\/ needs the public keys of the client/],
    ...(
      [
        ['http://client.example/jwks', /\/jwksUri must be https, unless it is on this machine/],
        ['https://user:secret@client.example/jwks', /\/jwksUri must have no user, password or fragment/],
        ['https://169.254.169.254/jwks', /\/jwksUri must not be an address of this machine or its link/],
        ['https://[fe80::1]/jwks', /\/jwksUri must not be an address of this machine or its link/],
        ['file:///etc/passwd', /\/jwksUri must be https/],
        ['jwks', /\/jwksUri must be a URL/],
      ] as const
    ).map(
      ([jwksUri, refused]) =>
        [`the address of keys ${jwksUri}`, () => ({ jwks: undefined, jwksUri }), refused] as [
          string,
          () => Record<string, unknown>,
          RegExp,
        ],
    ),
    ['the algorithm HS256', () => ({ algorithms: ['HS256'] }), /\/algorithms\/0 must be one of ES384, RS384/],
    ['the algorithm none', () => ({ algorithms: ['none'] }), /\/algorithms\/0/],
    ['no keys', () => ({ jwks: { keys: [] } }), /\/jwks\/keys must NOT have fewer/],
    [
      'a key without kid',
      async () => ({ jwks: { keys: [{ ...(await publicKey()), kid: undefined }] } }),
      /\/jwks\/keys\/0 .*'kid'/,
    ],
    [
      'a key on another curve',
      async () => ({ jwks: { keys: [await publicKey('ES256')] } }),
      /\/jwks\/keys\/0 must be on the curve P-384/,
    ],
    [
      'a secret key',
      () => ({ jwks: { keys: [{ kty: 'oct', k: 'c2VjcmV0', kid: 'k' }] } }),
      /\/jwks\/keys\/0\/kty must be one of EC, RSA/,
    ],
    [
      'a key for encryption',
      async () => ({ jwks: { keys: [{ ...(await publicKey()), use: 'enc' }] } }),
      /\/jwks\/keys\/0\/use/,
    ],
    [
      'an EC key that says RS384',
      async () => ({ jwks: { keys: [{ ...(await publicKey()), alg: 'RS384' }] } }),
      /\/jwks\/keys\/0 says RS384/,
    ],
    [
      'a key for an algorithm that the client does not use',
      async () => ({ algorithms: ['RS384'] }),
      /\/jwks\/keys\/0 is a key for ES384/,
    ],
    [
      'one kid twice',
      async () => ({ jwks: { keys: [await publicKey(), await publicKey()] } }),
      /\/jwks\/keys\/1\/kid stands there twice/,
    ],
    [
      'a point that is not on the curve',
      async () => ({ jwks: { keys: [{ ...(await publicKey()), x: (await publicKey())['x'] }] } }),
      /\/jwks\/keys\/0 cannot be read/,
    ],
  ]
  for (const [name, changes, message] of cases) {
    test(name, async () => {
      const file = await fileWith(await registration(await changes()))
      const loading = loadClients(file)
      await expect(loading).rejects.toThrow(message)
      await expect(loading).rejects.toThrow(`KEYPLAN_CLIENTS: ${file}`)
    })
  }

  test('a private key, which is not repeated in the message', async () => {
    const secret = await privateKeyOf('gp-practice')
    const error = await loadClients(await fileWith(await registration({ jwks: { keys: [secret] } }))).catch(
      (thrown: Error) => thrown,
    )
    expect(String(error)).toMatch(/\/jwks\/keys\/0\/d belongs to a private key/)
    expect(String(error)).not.toContain(secret['d'])
  })

  test('an RSA key of 1,024 bits', async () => {
    // jose refuses to make such a key.
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })
    const file = await fileWith(await registration({ jwks: { keys: [{ ...weak, kid: 'weak' }] } }))
    await expect(loadClients(file)).rejects.toThrow('/jwks/keys/0 has 1024 bits')
  })

  test('everything that is wrong at once', async () => {
    const file = await fileWith(await registration({ role: 'admin', scopes: ['x'], jwksUri: 'x' }))
    const error = await loadClients(file).catch((thrown: Error) => thrown)
    for (const element of ['/role', '/scopes/0', '/jwksUri']) expect(String(error)).toContain(element)
  })

  test('which of several in one file', async () => {
    const file = await fileWith([await registration(), await registration({ clientId: 'b', role: 'admin' })])
    await expect(loadClients(file)).rejects.toThrow('number 2, is not a client registration: /role')
  })

  test('one client id twice', async () => {
    const file = await fileWith([await registration(), await registration()])
    await expect(loadClients(file)).rejects.toThrow('"test-client" is already registered')
  })

  test('text that is not JSON, which is not repeated', async () => {
    const loading = loadClients(await fileWith('{ private key'))
    await expect(loading).rejects.toThrow('it is not JSON')
    await expect(loading).rejects.not.toThrow('private key')
  })

  test('a path that is not there', async () => {
    await expect(loadClients('/nowhere/clients')).rejects.toThrow(
      'KEYPLAN_CLIENTS: /nowhere/clients cannot be read (ENOENT)',
    )
  })

  test('no client at all', async () => {
    await expect(loadClients(await newFolder())).rejects.toThrow('registers no client')
  })
})

describe('keys whose private half everyone can read', () => {
  test('are all known, and are those in fixtures/clients', async () => {
    const names = (await readdir(FIXTURES)).filter((name) => name.endsWith('.private.json'))
    const keys = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(`${FIXTURES}${name}`, 'utf8')) as JWK),
    )
    expect(new Set(await Promise.all(keys.map((key) => calculateJwkThumbprint(key))))).toEqual(TEST_KEY_THUMBPRINTS)
    for (const key of keys) expect(key).toMatchObject({ comment: expect.stringMatching(/^SYNTHETIC, FOR TESTS ONLY/) })
  })

  test('belong to the registrations beside them', async () => {
    for (const [clientId, { keys }] of await loadClients(FIXTURES)) {
      const { kid, ...jwk } = await privateKeyOf(clientId)
      expect(keys.get(kid)?.thumbprint).toBe(await calculateJwkThumbprint(jwk))
    }
  })

  test('are recognised, under any client id and kid', async () => {
    const { d: _, comment: __, ...key } = (await privateKeyOf('ambulance')) as JWK & { comment: string }
    const keys = [await publicKey('RS384', 'own'), { ...key, kid: 'renamed' }]
    expect(usesTestKeys(await loadClients(await fileWith(await registration({ jwks: { keys } }))))).toBe(true)
    expect(usesTestKeys(await loadClients(FIXTURES))).toBe(true)
  })

  test('are not found where a client has keys of its own', async () => {
    expect(usesTestKeys(await loadClients(await fileWith(await registration())))).toBe(false)
  })
})
