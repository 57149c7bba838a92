import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from '@jest/globals'
import { isSignedBy, loadAuditKey } from '../../src/auth/audit-key.ts'

const folders: string[] = []
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-audit-key-'))
  folders.push(folder)
  return folder
}
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

const generated = async (): Promise<{ keys: Record<string, string>[] }> => {
  const dataFolder = await newFolder()
  await loadAuditKey({ dataFolder })
  return JSON.parse(await readFile(join(dataFolder, 'audit-key.json'), 'utf8'))
}

const load = async (content: unknown) => {
  const file = join(await newFolder(), 'keys.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return loadAuditKey({ file, dataFolder: '/nowhere' })
}

describe('the key that seals the audit log', () => {
  test('is generated once, for its owner alone, by whichever process comes first', async () => {
    const dataFolder = await newFolder()
    const keys = await Promise.all(Array.from({ length: 8 }, () => loadAuditKey({ dataFolder })))
    expect(new Set(keys.map(({ publicKey }) => publicKey)).size).toBe(1)
    expect((await stat(join(dataFolder, 'audit-key.json'))).mode & 0o777).toBe(0o600)
  })

  test('signs a text, and no other text or key passes for it', async () => {
    const [key, other] = await Promise.all([load(await generated()), load(await generated())])
    const signature = key.sign('a checkpoint')
    expect(isSignedBy(key.publicKey, 'a checkpoint', signature)).toBe(true)
    expect(isSignedBy(key.publicKey, 'another', signature)).toBe(false)
    expect(isSignedBy(other.publicKey, 'a checkpoint', signature)).toBe(false)
    expect(isSignedBy('no key', 'a checkpoint', signature)).toBe(false)
    expect(isSignedBy(key.publicKey, 'a checkpoint', '')).toBe(false)
  })

  test('a new one stands before the old one, whose seals still count', async () => {
    const [{ keys: before }, { keys: after }] = await Promise.all([generated(), generated()])
    const { publicKey, publicKeys } = await load({ keys: [...after, { ...before[0], d: undefined }] })
    expect(publicKey).toBe(after[0]?.['x'])
    expect(publicKeys).toEqual([after[0]?.['x'], before[0]?.['x']])
  })

  const wrong: [string, () => Promise<unknown>, RegExp][] = [
    ['no JSON', async () => 'secret material', /is not JSON/],
    ['no keys', async () => ({ keys: [] }), /holds no `keys`/],
    ['another kind of key', async () => ({ keys: [{ kty: 'EC', crv: 'P-384' }] }), /\/keys\/0 .*not an Ed25519 key/],
    [
      'a public key alone',
      async () => ({ keys: [{ ...(await generated()).keys[0], d: undefined }] }),
      /\/keys\/0 .*private/,
    ],
    [
      'halves of two keys',
      async () => ({ keys: [{ ...(await generated()).keys[0], x: (await generated()).keys[0]?.['x'] }] }),
      /\/keys\/0 .*(different keys|cannot be read)/,
    ],
  ]
  test.each(wrong)(
    '%s: start is refused with the file and the place, and without the key',
    async (_, content, message) => {
      const value = await content()
      const error = await load(value).catch((thrown: Error) => thrown)
      expect(error).toBeInstanceOf(Error)
      expect((error as Error).message).toMatch(/^KEYPLAN_AUDIT_KEY: .*keys\.json/)
      expect((error as Error).message).toMatch(message)
      expect((error as Error).message).not.toContain('secret material')
    },
  )

  test('a file that is named and not there is not generated', async () => {
    const dataFolder = await newFolder()
    await expect(loadAuditKey({ file: join(dataFolder, 'none.json'), dataFolder })).rejects.toThrow(
      /KEYPLAN_AUDIT_KEY: .*none\.json does not exist/,
    )
  })
})
