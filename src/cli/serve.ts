import { setTimeout as wait } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { readConfig } from '../config.ts'
import { createLog } from '../log.ts'
import type { Command } from './command.ts'
import { demo } from './demo.ts'
import { toldToStop } from './stop.ts'

const help = `keyplan serve [--demo [--once]]

Serves FHIR R4 below /fhir until it is told to stop (SIGTERM or SIGINT). Logs are JSON lines on standard output.

  --demo   with four recipient systems and synthetic people: see keyplan demo --help
  --once   with --demo: end after the demo

Settings, from the environment:

  PORT                   port to listen on (8080); 0 takes any free one
  HOST                   address to listen on (127.0.0.1)
  DATABASE_URL           PostgreSQL to use: postgres://USER:PASSWORD@HOST:PORT/DATABASE (an embedded one)
  KEYPLAN_DATA           folder of the embedded PostgreSQL and of generated keys (.keyplan)
  KEYPLAN_BASE_URL       address by which clients know the service (http://localhost:PORT)
  KEYPLAN_CLIENTS        registered clients: a JSON file, or a folder of them (synthetic test clients, on this machine only)
  KEYPLAN_SIGNING_KEYS   JWK set that access tokens are signed with (generated below KEYPLAN_DATA)
  KEYPLAN_TLS_CERTIFICATE
                         certificate chain in PEM, where KeyPlan serves TLS itself (none: a proxy does), with KEYPLAN_TLS_KEY
  KEYPLAN_TLS_KEY        the private key of that certificate, in PEM
  KEYPLAN_CLIENT_CERTIFICATE_HEADER
                         header in which a proxy that ends TLS names the certificate of a client (none)
  KEYPLAN_AUDIT_KEY      JWK set of the Ed25519 key that seals the audit log (generated below KEYPLAN_DATA)
  KEYPLAN_RECIPIENTS     systems that are to hold summaries: a JSON file (none)
  KEYPLAN_IDENTITY       how people sign in: a JSON file, see docs/sign-in.md (they do not)
  KEYPLAN_ID_TOKEN_KEYS  JWK set that says to apps who uses them (generated below KEYPLAN_DATA)
  KEYPLAN_PACKAGES       FHIR packages that were added: keyplan packages --help (packages, below KEYPLAN_DATA)
  KEYPLAN_CONSENT        opt-out: shared unless somebody objects, as each nation's policy has it; opt-in: only once they have agreed (opt-out)
  KEYPLAN_RATE_LIMIT     requests a second that one client may make of this process (2000), in bursts of what 5 seconds allow
  KEYPLAN_EMERGENCY_RATE_LIMIT
                         the same for the emergency view, for ambulance, out-of-hours and hospital: a share of their own (2000)
  METRICS_PORT           port of its own for /metrics (beside everything else, on this machine only)
  LOG_LEVEL              trace, debug, info, warn, error, fatal or silent (info)
`

/** A start that is not wanted any more has so long to come to a clean end. */
const STOP_MS = 3_000

/** Serves until told to stop; answers 1 where the embedded database was lost instead. */
const serveUntilStopped = async (): Promise<number> => {
  const stopSignal = toldToStop()
  const config = readConfig(process.env)
  const log = createLog(config.logLevel)
  let isServing = false
  // What one request runs into must not end the answers to all others: they share nothing but the database, which keeps or drops a commit whole.
  process.on('uncaughtException', (err) => {
    if (isServing) return log.error({ err }, 'Something failed that nobody foresaw; KeyPlan goes on')
    log.fatal({ err }, 'KeyPlan cannot go on')
    process.exit(1)
  })
  const { startServer } = await import('../server.ts')
  const starting = startServer(config, log)
  const server = await Promise.race([starting, stopSignal])
  if (typeof server === 'string') {
    log.info({ signal: server }, 'Stopping before it was ready')
    const ended = starting.then((started) => started.stop(0)).catch(() => undefined)
    // What has not ended by then ends with this process, the embedded PostgreSQL too.
    await Promise.race([ended, wait(STOP_MS)])
    return 0
  }
  isServing = true
  log.info(
    { url: server.baseUrl, fhir: `${server.baseUrl}/fhir`, startMilliseconds: Math.round(performance.now()) },
    'KeyPlan is ready',
  )
  const reason = await Promise.race([stopSignal, server.databaseLost.then(() => undefined)])
  if (reason === undefined) log.fatal('The embedded PostgreSQL has ended. Its log is postgres.log in the data folder')
  else log.info({ signal: reason }, 'Stopping: requests have a few seconds to finish')
  await server.stop()
  log.info('Stopped')
  return reason === undefined ? 1 : 0
}

export const serve: Command = {
  name: 'serve',
  summary: 'Serve plans over HTTP, configured by the environment',
  help,
  async run(args) {
    const { values } = parseArgs({ args, options: { demo: { type: 'boolean' }, once: { type: 'boolean' } } })
    if (values.demo === true) return demo.run(values.once === true ? ['--once'] : [])
    if (values.once === true) {
      process.stderr.write('keyplan serve: --once goes with --demo.\n')
      return 2
    }
    return serveUntilStopped()
  },
}
