import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import pg from 'pg'
import { type DatabaseUser, databaseUser, findBinaries, openCluster, POSTGRES_ENVIRONMENT } from './files.ts'
import { databaseUrl, passwordFile, readPostmaster, takeOver } from './running.ts'

/** A PostgreSQL that lives and ends with this process. */
export type EmbeddedPostgres = Readonly<{
  /** URL of the database `keyplan`, with a password that only this installation knows. */
  databaseUrl: string
  /** The data directory, links resolved. */
  directory: string
  /** Makes the database unless it is there; answers its URL. */
  createDatabase(name: string): Promise<string>
  /** Resolves when PostgreSQL has ended without having been told to by `stop`. */
  lost: Promise<void>
  /** Ends PostgreSQL cleanly: open transactions are rolled back, a checkpoint is written. */
  stop(): Promise<void>
}>

/** Sized for two cores and a few gigabytes. Whatever was committed survives a crash: nothing here trades that for speed. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  effective_cache_size: '1GB',
  work_mem: '8MB',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  wal_compression: 'on',
  max_wal_size: '2GB',
  checkpoint_timeout: '15min',
  random_page_cost: '1.1',
  default_statistics_target: '200',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Neither statements nor DETAIL lines reach the log: both quote the data.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
}

/**
 * Becomes PostgreSQL itself, after leaving behind a watcher of file descriptor 3: when the process at its other end dies, however
 * it dies, PostgreSQL gets SIGINT, its clean and quick shutdown. An orphan would keep the data folder locked.
 */
const START_WATCHED = '( ( read -r word <&3; [ "$word" = done ] || kill -INT $$ ) & ) ; exec "$@" </dev/null 3<&-'

const START_SECONDS = 60
const LOG_LIMIT = 5_000_000

const freePort = (): Promise<number> =>
  new Promise((settle, fail) => {
    const server = createServer()
    server.once('error', fail)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => settle(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })

/** Reads the secret of this installation, or makes it: 32 random bytes, readable by the owner alone. */
const readPassword = async (folder: string): Promise<string> => {
  const path = passwordFile(folder)
  await writeFile(path, randomBytes(32).toString('base64url'), { mode: 0o600, flag: 'wx' }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  })
  return (await readFile(path, 'utf8')).trim()
}

const lastLines = async (path: string): Promise<string> =>
  (await readFile(path, 'utf8')).trimEnd().split('\n').slice(-8).join('\n')

const startServer = async (
  cluster: { binaries: string; directory: string; user: DatabaseUser; logFile: string },
  port: number,
): Promise<{ child: ChildProcess; ended: Promise<void> }> => {
  const grown = await stat(cluster.logFile).then(
    ({ size }) => size > LOG_LIMIT,
    () => false,
  )
  const log = await open(cluster.logFile, grown ? 'w' : 'a', 0o600)
  const settings = Object.entries({ ...SETTINGS, port: String(port) }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ])
  const child = spawn(
    '/bin/sh',
    ['-c', START_WATCHED, 'sh', join(cluster.binaries, 'bin', 'postgres'), '-D', cluster.directory, ...settings],
    {
      ...cluster.user,
      cwd: '/',
      env: POSTGRES_ENVIRONMENT,
      // Of its own session: an interrupt typed at the terminal must reach KeyPlan alone, which then lets requests finish first.
      detached: true,
      stdio: ['ignore', log.fd, log.fd, 'pipe'],
    },
  )
  const ended = new Promise<void>((settle) => {
    child.once('error', () => settle())
    child.once('exit', () => {
      const watcher = child.stdio[3]
      if (watcher !== null && watcher !== undefined && 'end' in watcher) watcher.end('done\n')
      settle()
    })
  })
  child.stdio[3]?.on('error', () => {})
  await log.close()

  let over = false
  void ended.then(() => {
    over = true
  })
  for (let waited = 0; waited < START_SECONDS * 1_000; waited += 10) {
    const postmaster = await readPostmaster(cluster.directory)
    if (postmaster?.pid === child.pid && postmaster?.status === 'ready') return { child, ended }
    if (over)
      throw new Error(
        `The embedded PostgreSQL did not start. Its log, ${cluster.logFile}, ends with:\n${await lastLines(cluster.logFile)}`,
      )
    await wait(10)
  }
  child.kill('SIGQUIT')
  throw new Error(`The embedded PostgreSQL was not ready within ${START_SECONDS} s. See its log, ${cluster.logFile}.`)
}

const withClient = async <T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> => {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/**
 * Starts a PostgreSQL with its data in `folder/postgres`, on a free port of 127.0.0.1; makes the cluster and the database `keyplan`
 * the first time. Throws, with what to do about it, where the folder is in use, was made by another major version, or PostgreSQL
 * is not installed or does not start.
 */
export const startEmbeddedPostgres = async (options: { folder: string }): Promise<EmbeddedPostgres> => {
  const folder = resolve(options.folder)
  const user = await databaseUser()
  await mkdir(folder, { recursive: true, mode: user === undefined ? 0o700 : 0o711 })
  // Root's data folder must let the database user pass, though not look.
  if (user !== undefined) await chmod(folder, ((await stat(folder)).mode & 0o777) | 0o011)
  const password = await readPassword(folder)
  const binaries = await findBinaries(user)
  const { directory, created } = await openCluster(folder, { binaries, user, password })
  await takeOver(directory, folder)

  const logFile = join(folder, 'postgres.log')
  const port = await freePort()
  const { child, ended } = await startServer({ binaries, directory, user, logFile }, port)

  let stopping: Promise<void> | undefined
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      child.kill('SIGINT')
      const late = setTimeout(() => child.kill('SIGQUIT'), 15_000)
      await ended
      clearTimeout(late)
    })()
    return stopping
  }
  const urlOf = (role: string, database: string): string => databaseUrl({ role, password, port, database })

  const createDatabase = (name: string): Promise<string> =>
    withClient(urlOf('keyplan', 'postgres'), async (client) => {
      const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [name])
      if (rowCount === 0) await client.query(`create database ${pg.escapeIdentifier(name)}`)
      return urlOf('keyplan', name)
    })

  try {
    const prepared = join(folder, 'postgres.prepared')
    if (
      created ||
      !(await stat(prepared).then(
        () => true,
        () => false,
      ))
    ) {
      await withClient(urlOf('postgres', 'postgres'), async (client) => {
        const { rowCount } = await client.query(`select 1 from pg_roles where rolname = 'keyplan'`)
        if (rowCount === 0)
          await client.query(`create role keyplan login createdb password ${pg.escapeLiteral(password)}`)
      })
      await createDatabase('keyplan')
      await writeFile(prepared, '')
    }
  } catch (error) {
    await stop()
    throw error
  }

  return {
    databaseUrl: urlOf('keyplan', 'keyplan'),
    directory,
    createDatabase,
    lost: new Promise((settle) => {
      void ended.then(() => {
        if (stopping === undefined) settle()
      })
    }),
    stop,
  }
}
