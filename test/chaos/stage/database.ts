import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import pg from 'pg'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../../src/store/embedded/embedded.ts'
import type { Random } from '../random.ts'
import { until } from '../until.ts'

/** The PostgreSQL of a run, durable as it is shipped, which can be killed and comes back. */
export type Database = Readonly<{
  /** Where it listens at the moment. */
  port(): number
  /** User, password and database, as the part of a URL that goes before and after the host. */
  urlAt(port: number): string
  /** Kills one process that serves a connection: PostgreSQL then ends all others, and recovers from its log. False where none was there. */
  killBackend(random: Random): Promise<boolean>
  /** Kills the first of its processes, and starts it again. */
  killAndRestart(): Promise<void>
  stop(): Promise<void>
}>

const START_SECONDS = 60

export const openDatabase = async (folder: string): Promise<Database> => {
  let postgres: EmbeddedPostgres = await startEmbeddedPostgres({ folder })
  const port = (): number => Number(new URL(postgres.databaseUrl).port)

  const backends = async (): Promise<number[]> => {
    const client = new pg.Client({ connectionString: postgres.databaseUrl, connectionTimeoutMillis: 5_000 })
    // It is ended with the others.
    client.on('error', () => {})
    try {
      await client.connect()
      const { rows } = await client.query<{ pid: number }>(
        `select pid from pg_stat_activity where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()`,
      )
      return rows.map(({ pid }) => pid)
    } catch {
      return []
    } finally {
      await client.end().catch(() => {})
    }
  }

  return {
    port,
    urlAt: (at) => {
      const url = new URL(postgres.databaseUrl)
      url.port = String(at)
      return url.href
    },
    async killBackend(random) {
      const pids = await backends()
      if (pids.length === 0) return false
      process.kill(random.pick(pids), 'SIGKILL')
      return true
    },
    async killAndRestart() {
      const first = Number((await readFile(join(postgres.directory, 'postmaster.pid'), 'utf8')).split('\n')[0])
      process.kill(first, 'SIGKILL')
      await postgres.lost
      // Its other processes notice a little later, and until then hold on to the memory that a new one needs.
      postgres = await until('PostgreSQL starts again', START_SECONDS, () =>
        startEmbeddedPostgres({ folder }).catch(() => undefined),
      )
    },
    stop: () => postgres.stop(),
  }
}
