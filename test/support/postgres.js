/** Starts the PostgreSQL of a test run and migrates the template database that each test file clones. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import './typescript.js'

export const startTestPostgres = async () => {
  const { startEmbeddedPostgres } = await import('../../src/store/embedded/embedded.ts')
  const { migrate } = await import('../../src/store/migrate.ts')
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-test-'))
  const postgres = await startEmbeddedPostgres({ folder })
  const template = 'keyplan_template'
  await migrate(await postgres.createDatabase(template))
  return { adminUrl: postgres.databaseUrl, template, stop: postgres.stop }
}
