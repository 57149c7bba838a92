import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { searchDefinitions } from '../../src/records/searching/definitions.ts'
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/embedded.ts'
import { knownMigrations } from '../../src/store/migrate.ts'
import { fill } from './fill.ts'

/** Where filled databases stay from one run to the next. */
export const KEPT = join(tmpdir(), 'keyplan-bench-search')

/** A PostgreSQL whose databases hold synthetic persons. */
export type Databases = Readonly<{
  /** URL of a database with so many persons; filled now unless it was before. */
  open(persons: number, progress: (text: string, part: number) => void): Promise<string>
  stop(): Promise<void>
}>

const LOADING = 'loading'

/** Starts the PostgreSQL of `KEPT`. `clear`: whatever earlier runs left there is thrown away first. */
export const openDatabases = async ({
  seed,
  clear,
}: Readonly<{ seed: number; clear: boolean }>): Promise<Databases> => {
  if (clear) await rm(KEPT, { recursive: true, force: true })
  const postgres = await startEmbeddedPostgres({ folder: KEPT })
  return {
    open: async (persons, progress) => {
      const name = `persons_${persons}_${digest(seed)}`
      const names = await databasesOf(postgres)
      if (!names.includes(name)) {
        // Those of the same size were made by what is not in force any more.
        const others = names.filter((other) => other === LOADING || other.startsWith(`persons_${persons}_`))
        for (const other of others) await admin(postgres, `drop database ${other}`)
        await fill(await postgres.createDatabase(LOADING), { persons, seed }, progress)
        // Only what is complete has this name.
        await admin(postgres, `alter database ${LOADING} rename to ${name}`)
      }
      return postgres.createDatabase(name)
    },
    stop: () => postgres.stop(),
  }
}

/** Stands for everything by which the rows are made. */
const digest = (seed: number): string => {
  const hash = createHash('sha256').update(`${seed} ${searchDefinitions().version} ${knownMigrations().join()}`)
  for (const file of ['./person.ts', './random.ts', './fill.ts'])
    hash.update(readFileSync(fileURLToPath(new URL(file, import.meta.url))))
  return hash.digest('hex').slice(0, 12)
}

const admin = async ({ databaseUrl }: EmbeddedPostgres, text: string): Promise<readonly { datname: string }[]> => {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  try {
    return (await client.query<{ datname: string }>(text)).rows
  } finally {
    await client.end()
  }
}

const databasesOf = async (postgres: EmbeddedPostgres): Promise<readonly string[]> =>
  (await admin(postgres, 'select datname from pg_database')).map(({ datname }) => datname)
