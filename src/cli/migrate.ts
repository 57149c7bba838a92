import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import type { Command } from './command.ts'

const help = `keyplan migrate

Brings the database to the schema of this version: DATABASE_URL, or the embedded PostgreSQL below KEYPLAN_DATA (.keyplan).
keyplan serve does the same when it starts. Migrations only go forward; a newer schema than this version knows is refused.
`

export const migrate: Command = {
  name: 'migrate',
  summary: 'Bring the database to the schema of this version',
  help,
  async run(args) {
    parseArgs({ args, options: {} })
    const config = readConfig(process.env)
    const { startEmbeddedPostgres } = await import('../store/embedded.ts')
    const { migrate: run } = await import('../store/migrate.ts')
    const embedded =
      config.databaseUrl === undefined ? await startEmbeddedPostgres({ folder: config.dataFolder }) : undefined
    try {
      const migrations = await run(config.databaseUrl ?? (embedded?.databaseUrl as string))
      process.stdout.write(
        migrations.length === 0
          ? 'The database is up to date.\n'
          : migrations.map((name) => `Migrated: ${name}\n`).join(''),
      )
      return 0
    } finally {
      await embedded?.stop()
    }
  },
}
