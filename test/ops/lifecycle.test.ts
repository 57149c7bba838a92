import { once } from 'node:events'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { Agent, type ClientRequest, get, request as httpRequest, type IncomingMessage } from 'node:http'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, test } from '@jest/globals'
import { builtKeyplan as keyplan, type RunningCommand } from '../support/command.ts'
import { database } from '../support/database.ts'
import { until } from '../support/until.ts'

const own = await database()
const commands: RunningCommand[] = []

/** `keyplan serve` on a free port, ready. */
const serve = async (environment: Record<string, string> = {}): Promise<RunningCommand & { url: string }> => {
  const folder = await mkdtemp(join(tmpdir(), 'data-'))
  const command = keyplan(['serve'], { PORT: '0', DATABASE_URL: own.url, KEYPLAN_DATA: folder, ...environment })
  commands.push(command)
  const { url } = await command.until('KeyPlan is ready')
  return { ...command, url: String(url) }
}

/** A command that is expected to refuse to start. */
const refused = async (environment: Record<string, string>): Promise<{ code: unknown; stderr: string }> => {
  const command = keyplan(['serve'], { DATABASE_URL: own.url, ...environment })
  commands.push(command)
  return { code: await command.ended, stderr: command.stderr() }
}

/** A POST to the token endpoint of which the body is held back until `finish` is called. */
const slowRequest = async (url: string): Promise<{ finish(): Promise<IncomingMessage> }> => {
  const body = 'grant_type=client_credentials'
  const request: ClientRequest = httpRequest(`${url}/auth/token`, {
    method: 'POST',
    // The service says when it has the request: 100 Continue (RFC 9110, section 10.1.1).
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      'Content-Length': body.length,
      Expect: '100-continue',
    },
  })
  const answer = new Promise<IncomingMessage>((settle, fail) => request.once('response', settle).once('error', fail))
  answer.catch(() => {})
  const received = once(request, 'continue')
  request.flushHeaders()
  await received
  request.write(body.slice(0, 5))
  return {
    finish: () => {
      request.end(body.slice(5))
      return answer
    },
  }
}

afterEach(async () => {
  for (const command of commands.splice(0)) {
    command.child.kill('SIGKILL')
    await command.ended
  }
})
afterAll(() => own.drop())

describe('start', () => {
  test('is ready within 1.5 s of process start on an existing database', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'data-'))
    const environment = { DATABASE_URL: '', KEYPLAN_DATA: folder }
    const first = await serve(environment)
    first.child.kill('SIGTERM')
    await first.ended
    // Others share the machine: the bound is generous, and the best of three counts.
    const taken: number[] = []
    while (taken.length < 3 && !taken.some((milliseconds) => milliseconds < 6_000)) {
      const again = await serve(environment)
      taken.push(Number(again.logged().find(({ msg }) => msg === 'KeyPlan is ready')?.['startMilliseconds']))
      again.child.kill('SIGTERM')
      await again.ended
    }
    expect(Math.min(...taken)).toBeLessThan(6_000)
  })

  test('two with different PORT and KEYPLAN_DATA run side by side', async () => {
    const [one, other] = await Promise.all([serve({ DATABASE_URL: '' }), serve({ DATABASE_URL: '' })])
    expect(one.url).not.toBe(other.url)
    for (const { url } of [one, other]) expect((await fetch(`${url}/health/ready`)).status).toBe(200)
  })

  test('a port that is taken is named, with what to do', async () => {
    const holder = createServer()
    await new Promise<void>((settle) => holder.listen(0, '127.0.0.1', settle))
    const { port } = holder.address() as { port: number }
    const { code, stderr } = await refused({ PORT: String(port) })
    holder.close()
    expect(code).toBe(2)
    expect(stderr).toContain(`PORT: port ${port} on 127.0.0.1 is in use by another program. Set PORT to another port`)
  })

  test('clients with published keys are refused where other machines can ask', async () => {
    const { code, stderr } = await refused({
      PORT: '0',
      HOST: '0.0.0.0',
      KEYPLAN_BASE_URL: 'https://plans.example',
      KEYPLAN_CLIENTS: 'fixtures/clients',
    })
    expect(code).toBe(2)
    expect(stderr).toContain('KEYPLAN_CLIENTS: found clients whose private keys are published')
  })

  test('a file of clients that is not there is named', async () => {
    const { code, stderr } = await refused({ PORT: '0', KEYPLAN_CLIENTS: '/nowhere/clients.json' })
    expect(code).toBe(1)
    expect(stderr).toContain('KEYPLAN_CLIENTS: /nowhere/clients.json')
  })
})

describe('stop (trust, section 6)', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: a request under way is answered, nothing new is taken, exit code 0',
    async (signal) => {
      const service = await serve()
      const underWay = await slowRequest(service.url)
      service.child.kill(signal)
      await service.until('Stopping: requests have a few seconds to finish')
      await expect(fetch(`${service.url}/health/ready`)).rejects.toThrow()
      const answer = await underWay.finish()
      expect(answer.statusCode).toBe(400)
      expect(answer.headers.connection).toBe('close')
      expect(await service.ended).toBe(0)
      expect(service.logged().at(-1)).toMatchObject({ msg: 'Stopped' })
    },
  )

  test('a request on a connection that was kept open is answered, and told that the connection ends', async () => {
    const service = await serve()
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const ask = () =>
      new Promise<IncomingMessage>((settle, fail) => {
        get(`${service.url}/health/live`, { agent }, (answer) =>
          answer.resume().once('end', () => settle(answer)),
        ).once('error', fail)
      })
    expect((await ask()).headers.connection).toBe('keep-alive')
    service.child.kill('SIGTERM')
    await service.until('Stopping: requests have a few seconds to finish')
    const last = await ask()
    expect([last.statusCode, last.headers.connection]).toEqual([200, 'close'])
    await expect(ask()).rejects.toThrow()
    expect(await service.ended).toBe(0)
  })

  test('a request that never ends does not keep it from stopping within 20 s', async () => {
    const service = await serve()
    await slowRequest(service.url)
    const started = Date.now()
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(0)
    expect(Date.now() - started).toBeLessThan(20_000)
  })

  test('a second signal ends it at once', async () => {
    const service = await serve()
    await slowRequest(service.url)
    service.child.kill('SIGTERM')
    await service.until('Stopping: requests have a few seconds to finish')
    service.child.kill('SIGTERM')
    expect(await service.ended).toBe(130)
  })

  test('no connection to the database stays open', async () => {
    const service = await serve()
    await fetch(`${service.url}/health/ready`)
    service.child.kill('SIGTERM')
    await service.ended
    // PostgreSQL takes a moment to forget a connection that was closed.
    const open = `select application_name from pg_stat_activity where datname = current_database() and application_name = 'keyplan'`
    await until(
      () => own.query(open),
      (left) => left.length === 0,
    )
  })
})

test('it ends with exit code 1, and says so, when its embedded PostgreSQL is lost', async () => {
  const service = await serve({ DATABASE_URL: '' })
  const { pid } = service.child
  const { execFileSync } = await import('node:child_process')
  const postgres = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
    .toString()
    .trim()
    .split(/\s+/)
  for (const each of postgres) process.kill(Number(each), 'SIGKILL')
  expect(await service.ended).toBe(1)
  expect(service.logged()).toContainEqual(
    expect.objectContaining({ level: 'fatal', msg: expect.stringContaining('embedded PostgreSQL has ended') }),
  )
})

describe('a start that does not come to its end', () => {
  /** Takes connections and says nothing, as a database behind a broken network does. */
  const silent = async () => {
    const server = createServer(() => {})
    await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
    const { port } = server.address() as AddressInfo
    return { url: `postgres://me:secret-word@127.0.0.1:${port}/plans`, stop: () => void server.close() }
  }

  const dataFolder = () => mkdtemp(join(tmpdir(), 'data-'))

  test('is given up at the first signal', async () => {
    const database = await silent()
    const folder = await dataFolder()
    const command = keyplan(['serve'], { PORT: '0', DATABASE_URL: database.url, KEYPLAN_DATA: folder })
    await new Promise<void>((settle) => command.child.stdout?.once('data', () => settle()))
    command.child.kill('SIGTERM')
    await command.until('Stopping before it was ready')
    expect(await command.ended).toBe(0)
    database.stop()
  })

  test('names DATABASE_URL where the database does not answer, and not its password', async () => {
    const database = await silent()
    const folder = await dataFolder()
    const command = keyplan(['serve'], { PORT: '0', DATABASE_URL: database.url, KEYPLAN_DATA: folder })
    expect(await command.ended).toBe(1)
    expect(command.stderr()).toContain('DATABASE_URL: the database at 127.0.0.1:')
    expect(command.stderr()).not.toContain('secret-word')
    database.stop()
  })

  test('names KEYPLAN_DATA where the folder cannot be made', async () => {
    const folder = await dataFolder()
    await writeFile(join(folder, 'file'), '')
    // /proc answers "not found" to the making of folders; elsewhere than on Linux it is a missing root that cannot be made.
    for (const path of ['/proc/keyplan/data', join(folder, 'file', 'data')]) {
      const command = keyplan(['serve'], { PORT: '0', KEYPLAN_DATA: path })
      expect(await command.ended).toBe(2)
      expect(command.stderr()).toContain(`KEYPLAN_DATA: the folder ${path} cannot be made`)
    }
  })
})
