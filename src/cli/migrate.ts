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
    const { openDatabase } = await import('../server.ts')
    const { migrations, stop } = await openDatabase(config)
    await stop()
    const lines = migrations.map((name) => `Migrated: ${name}\n`)
    process.stdout.write(lines.length === 0 ? 'The database is up to date.\n' : lines.join(''))
    return 0
  },
}
