import { writeFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import supertest from 'supertest'
import { loadClients } from '../../src/auth/clients.ts'
import { KeysUnavailable, publishedKeys } from '../../src/auth/key-set.ts'
import { addressLookup, ForbiddenAddress } from '../../src/auth/key-set-address.ts'
import { makeAssertion, newFolder, privateKeyOf, startService, tokenRequest } from './support.ts'

type Pair = { published: JWK & { kid: string }; secret: JWK & { kid: string } }

const pair = async (kid: string): Promise<Pair> => {
  const { publicKey, privateKey } = await generateKeyPair('ES384', { extractable: true })
  return {
    published: { ...(await exportJWK(publicKey)), kid, alg: 'ES384' },
    secret: { ...(await exportJWK(privateKey)), kid, alg: 'ES384' },
  }
}

/** The server of a client: what it answers may change, and every question is counted. */
let server: Server
let asked = 0
let answer: (request: IncomingMessage, response: ServerResponse) => void
let address: string

const keySet =
  (keys: readonly unknown[], headers: Record<string, string> = {}): typeof answer =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify({ keys }))
  }

beforeEach(async () => {
  asked = 0
  server = createServer((request, response) => {
    asked++
    answer(request, response)
  })
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`
})
afterEach(async () => {
  server.closeAllConnections()
  await new Promise((settle) => server.close(settle))
})

const start = 1_000_000_000
const reading = (clock: { now: number } = { now: start }) => publishedKeys(address, ['ES384'], () => clock.now)

describe('keys at an address of the client (SMART App Launch 2.2, jwks_uri)', () => {
  test('are read when one is first needed, once for all who ask at the same time, and kept', async () => {
    const { published } = await pair('one')
    answer = keySet([published])
    const find = reading()
    expect(asked).toBe(0)
    const found = await Promise.all(Array.from({ length: 20 }, () => find('one')))
    expect(found.every((key) => key?.algorithm === 'ES384')).toBe(true)
    await find('one')
    expect(asked).toBe(1)
  })

  test.each([
    ['nothing', {}, 300],
    ['ten minutes', { 'Cache-Control': 'public, max-age=600' }, 600],
    ['a second: it is a minute', { 'Cache-Control': 'max-age=1' }, 60],
    ['a year: it is an hour', { 'Cache-Control': 'max-age=31536000' }, 3_600],
    ['not to keep it: it is a minute', { 'Cache-Control': 'no-store' }, 60],
  ] as const)('are kept as Cache-Control says, which says %s', async (_said, headers, seconds) => {
    answer = keySet([(await pair('one')).published], headers)
    const clock = { now: start }
    const find = reading(clock)
    await find('one')
    clock.now += seconds * 1_000 - 1
    await find('one')
    expect(asked).toBe(1)
    clock.now += 1
    await find('one')
    expect(asked).toBe(2)
  })

  test('a name that is not among them has them read again, once a minute at most', async () => {
    const [one, two] = [await pair('one'), await pair('two')]
    answer = keySet([one.published])
    const clock = { now: start }
    const find = reading(clock)
    await find('one')
    answer = keySet([one.published, two.published])
    for (let guess = 0; guess < 10; guess++) expect(await find(`guess ${guess}`)).toBeUndefined()
    expect(asked).toBe(1)
    clock.now += 60_000
    expect((await find('two'))?.algorithm).toBe('ES384')
    expect(await find('guess')).toBeUndefined()
    expect(asked).toBe(2)
  })

  test('a key that is not published any more counts until what was kept is over', async () => {
    const [one, two] = [await pair('one'), await pair('two')]
    answer = keySet([one.published])
    const clock = { now: start }
    const find = reading(clock)
    await find('one')
    answer = keySet([two.published])
    clock.now += 300_000
    expect(await find('one')).toBeUndefined()
    expect((await find('two'))?.algorithm).toBe('ES384')
  })

  test('where they cannot be read any more, none counts, and nobody waits for the next failure', async () => {
    answer = keySet([(await pair('one')).published])
    const clock = { now: start }
    const find = reading(clock)
    await find('one')
    answer = (_request, response) => response.writeHead(500).end()
    clock.now += 300_000
    await expect(find('one')).rejects.toThrow(KeysUnavailable)
    await expect(find('one')).rejects.toThrow('http-500')
    expect(asked).toBe(2)
    clock.now += 10_000
    await expect(find('one')).rejects.toThrow('http-500')
    expect(asked).toBe(3)
  })

  test.each([
    ['another status', (_q, response) => response.writeHead(404).end(), 'http-404'],
    ['a redirect', (_q, response) => response.writeHead(302, { Location: '/elsewhere' }).end(), 'http-302'],
    ['no JSON', (_q, response) => response.end('<html>'), 'not-json'],
    ['no key set', (_q, response) => response.end('[]'), 'not-a-key-set'],
    ['more than 64 kB', (_q, response) => response.end(`{"keys":[],"x":"${'x'.repeat(70_000)}"}`), 'too-long'],
    ['a connection that breaks', (_q, response) => response.destroy(), 'unreachable'],
    ['nothing for 3 s', () => {}, 'timeout'],
  ] as [string, typeof answer, string][])('%s is refused', async (_name, answers, reason) => {
    answer = answers
    await expect(reading()('one')).rejects.toMatchObject({ reason })
  })

  test('keys for other things, of other kinds, or whose private half is published, are passed over', async () => {
    const { published } = await pair('right')
    const { d: _secret, ...known } = await privateKeyOf('hospital')
    const other = { ...(await exportJWK((await generateKeyPair('ES256')).publicKey)), kid: 'curve' }
    answer = keySet([
      { ...published, kid: 'encrypts', use: 'enc' },
      other,
      known,
      null,
      { ...published, kid: 3 },
      published,
    ])
    const find = reading()
    expect((await find('right'))?.algorithm).toBe('ES384')
    for (const kid of ['encrypts', 'curve', known.kid, '3']) expect(await find(kid)).toBeUndefined()
  })

  test.each([
    ['169.254.169.254', ForbiddenAddress],
    ['224.0.0.1', ForbiddenAddress],
    ['::1', ForbiddenAddress],
    ['10.1.2.3', undefined],
    ['localhost', undefined],
  ] as const)('the connection itself refuses addresses of this machine and its link: %s', async (name, refused) => {
    const error = await new Promise((settle) => addressLookup(name, {}, (failed) => settle(failed)))
    if (refused === undefined) expect(error).toBeNull()
    else expect(error).toBeInstanceOf(refused)
  })
})

describe('a client that is registered with the address of its keys', () => {
  const registered = async () => {
    const file = join(await newFolder(), 'clients.json')
    const registration = {
      clientId: 'by-address',
      name: 'Synthetic client',
      role: 'hospice',
      organization: { ods: 'ZZ920', name: 'Synthetic hospice' },
      scopes: ['system/CarePlan.rs'],
      jwksUri: address,
    }
    await writeFile(file, JSON.stringify(registration))
    return startService({ clients: await loadClients(file) })
  }
  const ask = async (service: Awaited<ReturnType<typeof startService>>, parts: Parameters<typeof makeAssertion>[1]) =>
    supertest(service.app)
      .post('/auth/token')
      .send(tokenRequest(await makeAssertion('by-address', parts)))

  test('gets a token, with and without a jku that is that address', async () => {
    const { published, secret } = await pair('one')
    answer = keySet([published])
    const service = await registered()
    expect((await ask(service, { signedBy: secret })).status).toBe(200)
    expect((await ask(service, { signedBy: secret, header: { jku: address } })).status).toBe(200)
  })

  test('is refused with a key that it does not publish', async () => {
    const [one, two] = [await pair('one'), await pair('two')]
    answer = keySet([one.published], { 'Cache-Control': 'no-store' })
    const service = await registered()
    expect((await ask(service, { signedBy: one.secret })).status).toBe(200)
    expect((await ask(service, { signedBy: two.secret })).status).toBe(401)
  })

  test('is refused with a jku that is any other, and nobody is asked', async () => {
    const { published, secret } = await pair('one')
    answer = keySet([published])
    const service = await registered()
    for (const jku of [`${address}/`, 'https://elsewhere.example/jwks', 3]) {
      const { status, body } = await ask(service, { signedBy: secret, header: { jku } })
      expect([status, body.error]).toEqual([401, 'invalid_client'])
    }
    expect(service.logged.map(({ check }) => check)).toEqual(['jku', 'jku', 'jku'])
    expect(asked).toBe(0)
  })

  test('is refused where its keys cannot be read: the log says why, the answer does not', async () => {
    const { secret } = await pair('one')
    answer = (_request, response) => response.writeHead(503).end()
    const service = await registered()
    const { status, body } = await ask(service, { signedBy: secret })
    expect([status, body.error]).toEqual([401, 'invalid_client'])
    expect(JSON.stringify(body)).not.toMatch(/503|key set/)
    expect(service.logged.at(-1)?.check).toBe('key-set-http-503')
  })
})
