/** Starts the PostgreSQL of a test run and migrates the template database that each test file clones. */
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import './typescript.js'

/**
 * Its commits do not wait for the disk: nobody kills this PostgreSQL, and it ends with the run. What is durable is tested on clusters of its own
 * (test/store/embedded.test.ts, test/chaos).
 */
const doNotWaitForDisk = async (url) => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('alter role current_user set synchronous_commit = off')
  } finally {
    await client.end()
  }
}

export const startTestPostgres = async () => {
  const { startEmbeddedPostgres } = await import('../../src/store/embedded/embedded.ts')
  const { migrate } = await import('../../src/store/migrate.ts')
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-test-'))
  const postgres = await startEmbeddedPostgres({ folder })
  await doNotWaitForDisk(postgres.databaseUrl)
  const template = 'keyplan_template'
  await migrate(await postgres.createDatabase(template))
  return { adminUrl: postgres.databaseUrl, template, stop: postgres.stop }
}
