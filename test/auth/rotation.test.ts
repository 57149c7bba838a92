/** The signing keys are changed while the service runs, and nobody is signed out. */
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { decodeProtectedHeader, type JWK } from 'jose'
import { generateSigningKey, keySetText } from '../../src/auth/keys.ts'
import { keyplan } from '../support/command.ts'
import { startService, type TestService } from '../support/service.ts'

let folder: string
let file: string
let service: TestService

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyplan-keys-'))
  file = join(folder, 'keys.json')
  await writeFile(file, keySetText([await generateSigningKey()]))
  service = await startService({ environment: { KEYPLAN_SIGNING_KEYS: file } })
})

afterAll(async () => {
  await service.stop()
  await rm(folder, { recursive: true })
})

const published = async (): Promise<JWK[]> => {
  const answer = await fetch(`${service.baseUrl}/auth/jwks`)
  return ((await answer.json()) as { keys: JWK[] }).keys
}

const kids = async (): Promise<(string | undefined)[]> => (await published()).map(({ kid }) => kid)

/** Whether the FHIR API takes a token: a search is allowed, and finds nobody. */
const taken = async (token: string): Promise<number> =>
  (await fetch(`${service.baseUrl}/fhir/Patient?_id=nobody`, { headers: { Authorization: `Bearer ${token}` } })).status

const run = async (
  ...args: readonly string[]
): Promise<Readonly<{ code: unknown; stdout: string; stderr: string }>> => {
  const command = keyplan(['keys', ...args], { KEYPLAN_SIGNING_KEYS: file })
  const code = await command.ended
  return { code, stdout: command.stdout().trim(), stderr: command.stderr() }
}

describe('keyplan keys, beside a running service', () => {
  test('a new key is published first, then signs; tokens of the old one hold, and its private half is gone', async () => {
    const [first] = await kids()
    const old = await service.token('gp-practice')
    expect(decodeProtectedHeader(old).kid).toBe(first)

    const added = await run('add')
    expect(added).toMatchObject({ code: 0, stderr: '' })
    expect(await kids()).toEqual([first, added.stdout])
    expect(JSON.stringify(await published())).not.toMatch(/"d"|"next"/)
    expect(decodeProtectedHeader(await service.token('gp-practice')).kid).toBe(first)

    expect(await run('use')).toMatchObject({ code: 0, stdout: added.stdout, stderr: '' })
    expect(await kids()).toEqual([added.stdout, first])
    const fresh = await service.token('gp-practice')
    expect(decodeProtectedHeader(fresh).kid).toBe(added.stdout)
    expect([await taken(old), await taken(fresh)]).toEqual([200, 200])

    const [now, before] = JSON.parse(await readFile(file, 'utf8')).keys as JWK[]
    expect(now).toMatchObject({ kid: added.stdout, d: expect.any(String) })
    expect(before).not.toHaveProperty('d')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  test('a second new key is refused while one waits, and none can be used where none waits', async () => {
    expect(await run('use')).toMatchObject({ code: 1, stderr: expect.stringContaining('holds no new key') })
    expect((await run('add')).code).toBe(0)
    expect(await run('add')).toMatchObject({ code: 1, stderr: expect.stringContaining('holds a new key already') })
    expect((await run('use')).code).toBe(0)
  })

  test('a file that was damaged changes nothing: the keys stay as they were, and the log says so', async () => {
    const before = await kids()
    const good = await readFile(file, 'utf8')
    await writeFile(file, '{"keys": [')
    expect(await kids()).toEqual(before)
    expect(await taken(await service.token('gp-practice'))).toBe(200)
    expect(service.logged.filter(({ msg }) => String(msg).includes('cannot be used'))).toHaveLength(1)
    expect((await run('add')).code).toBe(1)
    await writeFile(file, good)
    expect(await kids()).toEqual(before)
  })

  test('a key that is taken out of the file verifies nothing any more', async () => {
    const [first, ...others] = JSON.parse(await readFile(file, 'utf8')).keys as JWK[]
    const token = await service.token('hospital')
    const next = await generateSigningKey()
    await writeFile(file, keySetText([next, ...others]))
    expect(decodeProtectedHeader(token).kid).toBe(first?.kid)
    expect(await taken(token)).toBe(401)
    expect(await taken(await service.token('hospital'))).toBe(200)
  })
})
