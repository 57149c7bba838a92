/**
 * One PostgreSQL for the whole run, started when the first test file asks for a database (`test/support/database.ts`) and not
 * before: a run of pure tests needs none. Test files live in worker processes, so they ask over a local socket.
 */
import { createServer } from 'node:http'

export default async () => {
  let started
  const start = () => {
    started ??= import('./postgres.js').then(({ startTestPostgres }) => startTestPostgres())
    return started
  }
  const server = createServer((_request, response) => {
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
  globalThis.__stopTestPostgres = async () => {
    server.closeAllConnections()
    server.close()
    const running = await started?.catch(() => undefined)
    await running?.stop()
  }
}
