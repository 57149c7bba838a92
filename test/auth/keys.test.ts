import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK } from 'jose'
import { loadSigningKeys } from '../../src/auth/keys.ts'
import { newFolder } from './support.ts'

const es384 = async (): Promise<JWK> => exportJWK((await generateKeyPair('ES384', { extractable: true })).privateKey)

const fileWith = async (content: unknown): Promise<string> => {
  const file = join(await newFolder(), 'keys.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const load = async (content: unknown) => loadSigningKeys({ file: await fileWith(content), dataFolder: '/nowhere' })

describe('without KEYPLAN_SIGNING_KEYS', () => {
  test('a key is generated once into the data folder, readable by its owner alone', async () => {
    const dataFolder = join(await newFolder(), 'data')
    const first = await loadSigningKeys({ dataFolder })
    const second = await loadSigningKeys({ dataFolder })
    expect(second.kid).toBe(first.kid)
    expect((await stat(join(dataFolder, 'signing-keys.json'))).mode & 0o777).toBe(0o600)
    const { keys } = JSON.parse(await readFile(join(dataFolder, 'signing-keys.json'), 'utf8'))
    expect(keys).toEqual([
      expect.objectContaining({ kty: 'EC', crv: 'P-384', alg: 'ES384', kid: await calculateJwkThumbprint(keys[0]) }),
    ])
  })

  test('several that start at once end with the same key, and leave nothing else behind', async () => {
    const dataFolder = await newFolder()
    const all = await Promise.all(Array.from({ length: 8 }, () => loadSigningKeys({ dataFolder })))
    expect(new Set(all.map(({ kid }) => kid)).size).toBe(1)
    expect(await readdir(dataFolder)).toEqual(['signing-keys.json'])
  })

  test('a generated file that was damaged is refused, never replaced', async () => {
    const dataFolder = await newFolder()
    const file = join(dataFolder, 'signing-keys.json')
    await writeFile(file, '{"keys": [')
    await expect(loadSigningKeys({ dataFolder })).rejects.toThrow(`${file} is not JSON`)
    expect(await readFile(file, 'utf8')).toBe('{"keys": [')
  })
})

describe('KEYPLAN_SIGNING_KEYS', () => {
  test('the first key signs, all verify, and only public members are shown', async () => {
    const [one, two] = [
      { ...(await es384()), kid: 'one' },
      { ...(await es384()), kid: 'two' },
    ]
    const keys = await load({ keys: [one, two] })
    expect(keys.kid).toBe('one')
    expect([...keys.publicKeys.keys()]).toEqual(['one', 'two'])
    expect(JSON.stringify(keys.jwks)).not.toContain('"d"')
    expect(keys.jwks.keys.map((key) => key['x'])).toEqual([one['x'], two['x']])
  })

  test('a key without a kid is named by its thumbprint (RFC 7638)', async () => {
    const key = await es384()
    expect((await load({ keys: [key] })).kid).toBe(await calculateJwkThumbprint(key))
  })

  test('a file that is not there is refused, and none is made', async () => {
    const dataFolder = await newFolder()
    const file = join(dataFolder, 'missing.json')
    await expect(loadSigningKeys({ file, dataFolder })).rejects.toThrow(`KEYPLAN_SIGNING_KEYS: ${file} does not exist`)
    expect(await readdir(dataFolder)).toEqual([])
  })

  const wrong: [name: string, content: () => unknown, message: RegExp][] = [
    ['text that is not JSON', () => 'secret material', /is not JSON/],
    ['null', () => null, /holds no `keys`/],
    ['no keys', () => ({ keys: [] }), /holds no `keys`/],
    ['a single JWK in place of a set', es384, /holds no `keys`/],
    [
      'an RSA key',
      async () => ({ keys: [await exportJWK((await generateKeyPair('RS384', { extractable: true })).privateKey)] }),
      /\/keys\/0 .*P-384/,
    ],
    [
      'a key on another curve',
      async () => ({ keys: [await exportJWK((await generateKeyPair('ES256', { extractable: true })).privateKey)] }),
      /\/keys\/0 .*P-384/,
    ],
    ['text in place of a key', async () => ({ keys: [await es384(), 'key'] }), /\/keys\/1 .*P-384/],
    [
      'a first key without its private half',
      async () => ({ keys: [{ ...(await es384()), d: undefined }] }),
      /\/keys\/0 .*private/,
    ],
    [
      'a point that is not on the curve',
      async () => ({ keys: [{ ...(await es384()), x: (await es384())['x'] }] }),
      /\/keys\/0 .*cannot be read/,
    ],
    [
      'two keys of one kid',
      async () => ({
        keys: [
          { ...(await es384()), kid: 'k' },
          { ...(await es384()), kid: 'k' },
        ],
      }),
      /\/keys\/1 .*twice/,
    ],
  ]
  for (const [name, content, message] of wrong) {
    test(`${name}: start is refused with the file and the place, and without the key`, async () => {
      const value = await content()
      const error: Error = await load(value).then(
        () => {
          throw new Error('was accepted')
        },
        (thrown: Error) => thrown,
      )
      expect(error.message).toMatch(/^KEYPLAN_SIGNING_KEYS: .*keys\.json/)
      expect(error.message).toMatch(message)
      expect(error.message).not.toContain('secret material')
      const secret = (value as { keys?: JWK[] } | null)?.keys?.[0]?.['d']
      if (typeof secret === 'string') expect(error.message).not.toContain(secret)
    })
  }
})
