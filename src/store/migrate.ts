import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openDatabase } from './database/database.ts'

/** The SQL files stand in `src`, also for the built service: both `src/store` and `dist/store` are two below the root. */
const DIRECTORY = fileURLToPath(new URL('../../src/store/migrations', import.meta.url))

/** Names of the migrations that this version of KeyPlan knows, in order. */
export const knownMigrations = (): string[] =>
  readdirSync(DIRECTORY)
    .filter((file) => file.endsWith('.sql'))
    .map((file) => file.slice(0, -'.sql'.length))
    .sort()

/** Migrations that have been run on this database, in order; empty on a new one. */
export const appliedMigrations = async (url: string): Promise<string[]> => {
  const database = openDatabase(url, { connections: 1 })
  try {
    const [table] = await database.run<{ present: boolean }>({
      text: `select to_regclass('migration') is not null as present`,
      values: [],
    })
    if (table?.present !== true) return []
    return (await database.run<{ name: string }>({ text: 'select name from migration order by id', values: [] })).map(
      ({ name }) => name,
    )
  } finally {
    await database.close()
  }
}

/**
 * Brings the database to the newest schema and returns the names of the migrations run: none where it is there already. Throws where the
 * database has migrations that this version does not know: a newer KeyPlan has been here, and going on could lose what it wrote.
 */
export const migrate = async (url: string): Promise<string[]> => {
  const known = knownMigrations()
  const applied = await appliedMigrations(url)
  const foreign = applied.filter((name) => !known.includes(name))
  if (foreign.length > 0) {
    throw new Error(
      `The database has migrations that this version of KeyPlan does not know (${foreign.join(', ')}). Run the newer version, or restore a backup.`,
    )
  }
  if (applied.length === known.length) return []
  const { runner } = await import('node-pg-migrate')
  const run = await runner({
    databaseUrl: url,
    dir: DIRECTORY,
    migrationsTable: 'migration',
    direction: 'up',
    checkOrder: true,
    // Of processes that start together, one migrates and the others wait for it.
    advisoryLockMode: 'wait',
    log: () => {},
  })
  return run.map(({ name }) => name)
}
