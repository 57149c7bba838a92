/**
 * Before a run: one folder for temporary files, and an address that starts the one PostgreSQL of the run when it is first asked
 * (`database.ts`), so that a run of pure tests needs none. Test files live in worker processes, so they ask over a local socket.
 */
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default async () => {
  // Whatever tests leave in the folder for temporary files goes with it at the end.
  const temporary = await mkdtemp(join(tmpdir(), 'keyplan-test-'))
  await chmod(temporary, 0o711)
  process.env.TMPDIR = temporary

  let started
  const start = () => {
    started ??= import('./postgres.js').then(({ startTestPostgres }) => startTestPostgres())
    return started
  }
  const server = createServer((_request, response) => {
    // A connection that is kept would be closed just when the next test file asks over it.
    response.setHeader('connection', 'close')
    start().then(
      ({ adminUrl, template }) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ adminUrl, template }))
      },
      (error) => {
        response.statusCode = 500
        response.end(error instanceof Error ? (error.stack ?? error.message) : String(error))
      },
    )
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  server.unref()
  process.env.KEYPLAN_TEST_POSTGRES = `http://127.0.0.1:${server.address().port}/`
  globalThis.__endTestRun = async () => {
    server.closeAllConnections()
    server.close()
    const running = await started?.catch(() => undefined)
    await running?.stop()
    await rm(temporary, { recursive: true, force: true, maxRetries: 20 })
  }
}
