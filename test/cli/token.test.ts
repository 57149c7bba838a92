import { copyFile, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals'
import { token } from '../../src/cli/token.ts'
import { FIXTURES, newFolder, RUNNING_CLOCK, type Service, startService } from '../auth/support.ts'

let service: Service
let server: Server
let base: string

beforeAll(async () => {
  server = createServer((request, response) => service.app(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  service = await startService({ base, clock: RUNNING_CLOCK })
})

afterAll(() => {
  server.close()
})

const run = async (...args: string[]): Promise<{ code: number; out: string; err: string }> => {
  const written = { out: '', err: '' }
  const capture = (to: 'out' | 'err') => (text: unknown) => {
    written[to] += String(text)
    return true
  }
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(capture('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(capture('err')),
  ]
  try {
    return { code: await token.run(args), ...written }
  } finally {
    for (const spy of spies) spy.mockRestore()
  }
}

describe('keyplan token', () => {
  for (const client of ['gp-practice', 'ambulance', 'out-of-hours', 'hospital', 'integrator', 'keyplan']) {
    test(`--client ${client} prints a token that the service accepts, and nothing else`, async () => {
      const { code, out, err } = await run('--client', client, '--url', base)
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/)
      expect((await service.auth.authenticate(`Bearer ${out.trim()}`)).clientId).toBe(client)
    })
  }

  test('asks the service on PORT unless told otherwise', async () => {
    const before = process.env['PORT']
    process.env['PORT'] = new URL(base).port
    try {
      expect((await run('--client', 'hospital')).code).toBe(0)
    } finally {
      if (before === undefined) delete process.env['PORT']
      else process.env['PORT'] = before
    }
  })

  test('a slash at the end of --url is no matter', async () => {
    expect((await run('--client', 'hospital', '--url', `${base}/`)).code).toBe(0)
  })

  test('--scope narrows the token', async () => {
    const { out } = await run('--client', 'hospital', '--url', base, '--scope', 'system/CarePlan.rs')
    expect((await service.auth.authenticate(`Bearer ${out.trim()}`)).scopes).toEqual(['system/CarePlan.rs'])
  })

  test('--key takes a key from elsewhere', async () => {
    const file = `${await newFolder()}/key.json`
    await copyFile(`${FIXTURES}hospital.private.json`, file)
    expect((await run('--client', 'hospital', '--key', file, '--url', base)).code).toBe(0)
  })
})

describe('keyplan token fails with exit code 1, the reason on stderr and nothing on stdout', () => {
  const cases: [name: string, args: () => string[] | Promise<string[]>, reason: RegExp][] = [
    ['without --client', () => ['--url', base], /--client NAME is missing/],
    ['for a client whose key is not there', () => ['--client', 'nobody', '--url', base], /no private key of nobody/],
    ['for a client name that is a path', () => ['--client', '../keyplan', '--url', base], /--key FILE/],
    ['for an unknown option', () => ['--client', 'hospital', '--user', 'x'], /Unknown option '--user'/],
    [
      'for an address that is none',
      () => ['--client', 'hospital', '--url', 'localhost'],
      /--url localhost is not an address/,
    ],
    ['where nothing listens', () => ['--client', 'hospital', '--url', 'http://127.0.0.1:1'], /cannot be reached/],
    [
      'for a key of another client',
      () => ['--client', 'hospital', '--key', `${FIXTURES}ambulance.private.json`, '--url', base],
      /HTTP 401 \(invalid_client\)/,
    ],
    [
      'for a scope that is not offered',
      () => ['--client', 'hospital', '--url', base, '--scope', 'system/*.read'],
      /HTTP 400 \(invalid_scope\)/,
    ],
    [
      'for a key file that is not JSON, which is not repeated',
      async () => {
        const file = `${await newFolder()}/key.json`
        await writeFile(file, 'my secret')
        return ['--client', 'hospital', '--key', file, '--url', base]
      },
      /^(?!.*my secret).* is not JSON/s,
    ],
  ]
  for (const [name, args, reason] of cases) {
    test(name, async () => {
      const { code, out, err } = await run(...(await args()))
      expect([code, out]).toEqual([1, ''])
      expect(err).toMatch(/^keyplan token: /)
      expect(err).toMatch(reason)
    })
  }
})
