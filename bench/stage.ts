import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { createTokenSource } from '../src/auth/client-assertion.ts'
import { TEST_CLIENTS } from '../src/config.ts'
import { startEmbeddedPostgres } from '../src/store/embedded/embedded.ts'
import { end, startChild } from './child.ts'

/** A server under load. `path` goes before the path of each request. */
export type Target = Readonly<{ name: string; url: string; path: string; token: () => Promise<string> }>

/** Everything that a benchmark needs, started: one PostgreSQL, KeyPlan as shipped and the floor in processes of their own. */
export type Stage = Readonly<{
  keyplan: Target
  floor: Target
  /** Database of KeyPlan, for a second KeyPlan beside the one under load. */
  databaseUrl: string
  /** Runs a statement in the database of the floor. */
  fillFloor(text: string, values: readonly unknown[]): Promise<void>
  /** Settles the tables after they were filled, so that neither side pays for that in a round. */
  settle(): Promise<void>
  /** Stops everything, KeyPlan first, and takes the folder away. */
  stop(): Promise<void>
}>

/** One client asks as much here as many do elsewhere: what is measured is not its limit. */
export const UNLIMITED = { KEYPLAN_RATE_LIMIT: '9999999', KEYPLAN_EMERGENCY_RATE_LIMIT: '9999999' }

const KEYPLAN = fileURLToPath(new URL('../bin/keyplan.js', import.meta.url))
const FLOOR = fileURLToPath(new URL('./floor.ts', import.meta.url))
const FLOOR_TABLES = fileURLToPath(new URL('./floor.sql', import.meta.url))

/** Starts the stage in a new temporary folder. `profileFolder`: where KeyPlan leaves a CPU profile when it ends. */
export const openStage = async (options: { profileFolder?: string } = {}): Promise<Stage> => {
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-bench-'))
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })]
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  try {
    const postgres = await startEmbeddedPostgres({ folder })
    undo.push(() => postgres.stop())
    const floorUrl = await postgres.createDatabase('floor')
    const database = new pg.Client({ connectionString: floorUrl })
    await database.connect()
    undo.push(() => database.end())
    await database.query(await readFile(FLOOR_TABLES, 'utf8'))

    const floor = await startChild<number>(FLOOR, 'The floor', { DATABASE_URL: floorUrl })
    undo.push(() => end(floor.child))
    const keyplan = await startKeyPlan(folder, postgres.databaseUrl, options)
    undo.push(() => end(keyplan.child))
    const token = await tokensOf(keyplan.url)
    return {
      keyplan: { name: 'KeyPlan', url: keyplan.url, path: '/fhir', token },
      // It is sent the same headers.
      floor: { name: 'floor', url: `http://127.0.0.1:${floor.first}`, path: '', token },
      databaseUrl: postgres.databaseUrl,
      fillFloor: async (text, values) => {
        await database.query(text, [...values])
      },
      settle: async () => {
        for (const url of [postgres.databaseUrl, floorUrl]) await vacuum(url)
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Access tokens of a KeyPlan at this address, for the synthetic GP practice; each call gives one that still holds for a while. */
export const tokensOf = async (url: string): Promise<() => Promise<string>> =>
  createTokenSource({
    tokenUrl: `${url}/auth/token`,
    clientId: 'gp-practice',
    privateKey: JSON.parse(await readFile(join(TEST_CLIENTS, 'gp-practice.private.json'), 'utf8')),
    scope: 'system/*.cruds',
  }).token

export const vacuum = async (url: string): Promise<void> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('vacuum analyze')
    await client.query('checkpoint').catch(() => undefined)
  } finally {
    await client.end()
  }
}

/** `keyplan serve` as it is shipped: authentication and audit on, the synthetic clients registered. */
export const startKeyPlan = async (
  folder: string,
  databaseUrl: string,
  { profileFolder, environment }: { profileFolder?: string; environment?: Readonly<Record<string, string>> } = {},
): Promise<{ child: ChildProcess; url: string }> => {
  const data = join(folder, 'keyplan')
  const errors = await open(join(folder, 'keyplan.log'), 'a')
  const profiling = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`]
  const child = spawn(process.execPath, [...profiling, KEYPLAN, 'serve'], {
    env: {
      PATH: process.env['PATH'],
      PORT: '0',
      DATABASE_URL: databaseUrl,
      KEYPLAN_DATA: data,
      KEYPLAN_CLIENTS: TEST_CLIENTS,
      ...UNLIMITED,
      ...environment,
    },
    detached: true,
    stdio: ['ignore', 'pipe', errors.fd],
  })
  await errors.close()
  const output = child.stdout as Readable
  const said: string[] = []
  for await (const line of createInterface({ input: output })) {
    said.push(line)
    const { url } = JSON.parse(line) as { url?: string }
    if (url !== undefined) {
      output.resume()
      return { child, url }
    }
  }
  throw new Error(`KeyPlan did not start. It said:\n${said.join('\n')}`)
}
