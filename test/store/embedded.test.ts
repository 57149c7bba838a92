import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals'
import pg from 'pg'

const ENTRY = fileURLToPath(new URL('../support/embedded.js', import.meta.url))

type Started = { child: ChildProcess; databaseUrl: string; directory: string; error?: string }

const children: ChildProcess[] = []

/** A process that runs the embedded PostgreSQL of this folder, or what it said when it would not. */
const start = async (folder: string): Promise<Started> => {
  const child = spawn(process.execPath, [ENTRY, folder], { stdio: ['ignore', 'pipe', 'inherit'] })
  children.push(child)
  const [line] = await once(child.stdout, 'data')
  return { child, ...JSON.parse(String(line)) }
}

const end = async (child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill(signal)
  await once(child, 'exit')
}

const query = async (url: string, text: string): Promise<Record<string, unknown>[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text)).rows
  } finally {
    await client.end()
  }
}

const isGone = async (path: string): Promise<boolean> => {
  for (let tries = 0; tries < 600; tries++) {
    if (
      !(await stat(path).then(
        () => true,
        () => false,
      ))
    )
      return true
    await wait(50)
  }
  return false
}

let root: string
let folder: string
let count = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'keyplan-test-embedded-'))
  // As root, PostgreSQL runs as another user, who must be able to pass.
  await chmod(root, 0o711)
})
beforeEach(() => {
  folder = join(root, `data ${count++}`)
})
afterEach(async () => {
  for (const child of children.splice(0)) await end(child, 'SIGKILL')
})
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 20 }))

test('what is committed survives, wherever the process ends: told to, or killed', async () => {
  const first = await start(folder)
  await query(first.databaseUrl, 'create table kept (value integer); insert into kept values (1)')
  await end(first.child)
  const second = await start(folder)
  await query(second.databaseUrl, 'insert into kept values (2)')
  await end(second.child, 'SIGKILL')
  const third = await start(folder)
  expect(await query(third.databaseUrl, 'select value from kept order by value')).toEqual([{ value: 1 }, { value: 2 }])
})

test('no PostgreSQL stays behind when its process is killed', async () => {
  const { child, directory } = await start(folder)
  await end(child, 'SIGKILL')
  expect(await isGone(join(directory, 'postmaster.pid'))).toBe(true)
  expect(await readFile(join(folder, 'postgres.log'), 'utf8')).toContain('database system is shut down')
})

test('a folder that another process uses is refused, and the message says what to do', async () => {
  const first = await start(folder)
  const second = await start(folder)
  expect(second.error).toMatch(/KEYPLAN_DATA: .* is in use by another KeyPlan .*Stop that one, or set KEYPLAN_DATA/)
  expect(await query(first.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('two folders run side by side, even when both are new', async () => {
  const [one, other] = await Promise.all([start(folder), start(`${folder} other`)])
  expect(one.databaseUrl).not.toBe(other.databaseUrl)
  await query(one.databaseUrl, 'create table mine (value integer)')
  expect(await query(other.databaseUrl, `select to_regclass('mine') as found`)).toEqual([{ found: null }])
})

test('two processes that make the same folder at once: one has it, the other is refused, and nothing is half made', async () => {
  const both = await Promise.all([start(folder), start(folder)])
  expect(both.filter(({ error }) => error === undefined)).toHaveLength(1)
  expect(both.find(({ error }) => error !== undefined)?.error).toMatch(/in use by another KeyPlan|did not start/)
  expect((await readdir(folder)).filter((name) => name.startsWith('data-'))).toEqual([])
})

test('a pid file that a crash left is cleared away, also where its number is now another program', async () => {
  const first = await start(folder)
  await end(first.child)
  const pidFile = join(first.directory, 'postmaster.pid')
  await writeFile(pidFile, `${process.pid}\n${first.directory}\n1\n1\n\n127.0.0.1\n\nready\n`)
  const second = await start(folder)
  expect(second.error).toBeUndefined()
  expect(await query(second.databaseUrl, 'select 1 as one')).toEqual([{ one: 1 }])
})

test('data of another major version is refused and left as it is', async () => {
  await mkdir(join(folder, 'postgres'), { recursive: true })
  await writeFile(join(folder, 'postgres', 'PG_VERSION'), '17\n')
  const { error } = await start(folder)
  expect(error).toMatch(/made by PostgreSQL 17, and this is PostgreSQL 18/)
  expect(await readdir(join(folder, 'postgres'))).toEqual(['PG_VERSION'])
})

const asRoot = process.getuid?.() === 0 ? test : test.skip

asRoot(
  'as root, data in a folder that no other user can reach lies in /var/lib/keyplan, with a link in its place',
  async () => {
    const hidden = join(root, 'hidden')
    await mkdir(hidden, { mode: 0o700 })
    folder = join(hidden, 'data')
    const first = await start(folder)
    expect(first.directory).toMatch(/^\/var\/lib\/keyplan\/data-/)
    try {
      expect(await realpath(join(folder, 'postgres'))).toBe(first.directory)
      await query(first.databaseUrl, 'create table kept (value integer)')
      await end(first.child)
      const second = await start(folder)
      expect(await query(second.databaseUrl, 'select * from kept')).toEqual([])
      await end(second.child)
    } finally {
      await rm(first.directory, { recursive: true, force: true })
    }
  },
)

describe('an installation', () => {
  let started: Started
  beforeEach(async () => {
    started = await start(folder)
  })

  test('is durable: no unsafe setting', async () => {
    const [settings] = await query(
      started.databaseUrl,
      `select current_setting('fsync') as fsync, current_setting('full_page_writes') as pages, current_setting('synchronous_commit') as commit`,
    )
    expect(settings).toEqual({ fsync: 'on', pages: 'on', commit: 'on' })
  })

  test('knows its data well enough to plan by: larger samples, taken again as it grows', async () => {
    const [settings] = await query(
      started.databaseUrl,
      `select current_setting('default_statistics_target')::integer as target, current_setting('autovacuum') as again`,
    )
    expect(settings).toEqual({ target: 200, again: 'on' })
  })

  test('listens to this machine only, and asks for a password that is its own', async () => {
    expect(await query(started.databaseUrl, `select current_setting('listen_addresses') as address`)).toEqual([
      { address: '127.0.0.1' },
    ])
    const guess = new URL(started.databaseUrl)
    guess.password = 'keyplan'
    await expect(query(guess.href, 'select 1')).rejects.toThrow(/password authentication failed/)
    const file = await stat(join(folder, 'postgres.password'))
    expect(file.mode & 0o077).toBe(0)
  })

  test('serves a role that is no superuser', async () => {
    expect(await query(started.databaseUrl, 'select usesuper from pg_user where usename = current_user')).toEqual([
      { usesuper: false },
    ])
  })

  test('does not write the data of a failed statement to its log', async () => {
    await query(started.databaseUrl, 'create table person (chi text primary key)')
    await query(started.databaseUrl, `insert into person values ('9434765919')`)
    await expect(query(started.databaseUrl, `insert into person values ('9434765919')`)).rejects.toThrow()
    expect(await readFile(join(folder, 'postgres.log'), 'utf8')).not.toContain('9434765919')
  })

  test('sorts text the same on every machine', async () => {
    const [locale] = await query(
      started.databaseUrl,
      'select datlocprovider as provider, datlocale as locale from pg_database where datname = current_database()',
    )
    expect(locale).toEqual({ provider: 'b', locale: 'C.UTF-8' })
  })
})
