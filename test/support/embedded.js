/** Starts the embedded PostgreSQL of a folder, says where, and stays; what the tests do to such a process, others would suffer from. */
import './typescript.js'

const { startEmbeddedPostgres } = await import('../../src/store/embedded/embedded.ts')
try {
  const postgres = await startEmbeddedPostgres({ folder: process.argv[2] })
  // Before it says that it is there: whoever has heard so may end it at once.
  process.on('SIGTERM', () => postgres.stop().then(() => process.exit(0)))
  setInterval(() => {}, 60_000)
  process.stdout.write(`${JSON.stringify({ databaseUrl: postgres.databaseUrl, directory: postgres.directory })}\n`)
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: error.message })}\n`)
  process.exit(1)
}
