import { existsSync } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import { type AddressInfo, Server as NetServer, type Socket } from 'node:net'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createApp, createMetricsApp } from './app.ts'
import { type Config, ConfigError, localBaseUrl } from './config.ts'
import { operationOutcome, Problem, problem } from './fhir/outcome.ts'
import type { Log } from './log.ts'
import { openServices, type Services } from './services.ts'
import { startEmbeddedPostgres } from './store/embedded/embedded.ts'
import { migrate } from './store/migrate.ts'

/** A service that listens. */
export type RunningServer = Readonly<{
  /** Address by which clients know it, without a slash at its end. */
  baseUrl: string
  port: number
  services: Services
  /** Resolves when its embedded PostgreSQL has ended by itself: the service cannot go on. */
  databaseLost: Promise<void>
  /** Says that it is not ready, lets requests finish for at most `seconds`, then closes everything. */
  stop(seconds?: number): Promise<void>
}>

/** How long requests may take to finish once the service is told to stop. */
const DRAIN_SECONDS = 15

/** Answers while the database starts: alive, and not yet able to say anything about anyone. */
const starting: RequestListener = (request, response) => {
  const live = request.url === '/health/live'
  const { issues } = problem('unavailable', 'starting', 'KeyPlan is starting. Try again in a second.')
  response.writeHead(live ? 200 : 503, {
    'Content-Type': live ? 'application/json' : 'application/fhir+json; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(live ? {} : { 'Retry-After': '1' }),
  })
  response.end(JSON.stringify(live ? { status: 'live' } : operationOutcome(issues)))
}

/** Longer than the 60 s for which load balancers keep a connection, so that it is never we who close it under a request. */
const TIMEOUTS = { keepAliveTimeout: 65_000, headersTimeout: 20_000, requestTimeout: 60_000 } as const

const readPem = (setting: string, file: string): Promise<string> =>
  readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new ConfigError([`${setting}: ${file} cannot be read (${cause.code}). Expected a PEM file.`])
  })

/**
 * A server that speaks TLS. It asks each client for a certificate and takes any, or none: whose it is does not matter, for what is bound to it is
 * bound to the key (RFC 8705 section 3).
 */
const tlsServer = async (listener: RequestListener, files: NonNullable<Config['tls']>): Promise<Server> => {
  const cert = await readPem('KEYPLAN_TLS_CERTIFICATE', files.certificate)
  const key = await readPem('KEYPLAN_TLS_KEY', files.key)
  try {
    const certificates = { requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' } as const
    return createTlsServer({ ...TIMEOUTS, ...certificates, cert, key }, listener)
  } catch {
    // The message of what reads them may quote the key.
    throw new ConfigError([
      `KEYPLAN_TLS_KEY: ${files.key} is not the key of ${files.certificate}. Expected a certificate chain and its private key in PEM.`,
    ])
  }
}

const listen = async (
  listener: RequestListener,
  variable: string,
  host: string,
  port: number,
  tls?: Config['tls'],
): Promise<Server> => {
  const server = tls === undefined ? createServer(TIMEOUTS, listener) : await tlsServer(listener, tls)
  await new Promise<void>((settle, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const why =
        error.code === 'EADDRINUSE'
          ? `port ${port} on ${host} is in use by another program. Set ${variable} to another port, or to 0 for any free one.`
          : `cannot listen on ${host}, port ${port} (${error.code}). Set HOST to an address of this machine and ${variable} to a port that you may use.`
      fail(new ConfigError([`${variable}: ${why}`]))
    })
    server.listen(port, host, () => settle())
  })
  return server
}

/** Clients in the middle of sending have so much of the time to finish: each is answered, and told that its connection ends. */
const LAST_REQUESTS = 0.1
const MOST_LAST_REQUESTS_SECONDS = 1

/** Closes a server: to new connections at once, and a little later those kept open without a request, for one may be on its way in them. */
const finish = async (server: Server, seconds: number): Promise<void> => {
  const late = setTimeout(() => server.closeAllConnections(), seconds * 1_000)
  // The close of HTTP would take the waiting connections with it.
  const closed = new Promise((settle) => NetServer.prototype.close.call(server, settle))
  await Promise.race([closed, wait(Math.min(seconds * LAST_REQUESTS, MOST_LAST_REQUESTS_SECONDS) * 1_000)])
  server.close(() => {})
  await closed
  clearTimeout(late)
}

/**
 * Makes the data folder where it is not there. One level at a time: where a file system refuses new folders with "not found", as /proc does,
 * Node's own way of making all of them tries for ever.
 */
const makeDataFolder = async (folder: string): Promise<void> => {
  const missing: string[] = []
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const part of missing) {
    await mkdir(part, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return
      throw new ConfigError([
        `KEYPLAN_DATA: the folder ${folder} cannot be made (${error.code}). Expected a folder that may be written to.`,
      ])
    })
  }
}

/** A database with the newest schema. */
export type OpenDatabase = Readonly<{
  databaseUrl: string
  /** Names of the migrations that were run just now. */
  migrations: readonly string[]
  lost: Promise<void>
  stop(): Promise<void>
}>

/** Why the database of DATABASE_URL could not be used, by its host and never with its password; other failures as they are. */
export const explainDatabase = (error: unknown, databaseUrl: string | undefined): unknown => {
  const cause = (error instanceof Problem ? error.cause : error) as Error & { code?: string }
  const isKnown = cause?.code !== undefined || (error instanceof Problem && error.kind === 'unavailable')
  if (databaseUrl === undefined || !isKnown) return error
  return new Error(
    `DATABASE_URL: the database at ${new URL(databaseUrl).host} cannot be used: ${cause?.message || cause?.code || 'no answer'}. Expected a PostgreSQL that runs, and a user that may create tables in it.`,
    { cause },
  )
}

/** The database of the configuration, or else the embedded one, started; migrated. Throws where it cannot be used, and why. */
export const openDatabase = async (config: Config): Promise<OpenDatabase> => {
  if (config.databaseUrl === undefined) await makeDataFolder(config.dataFolder)
  const embedded =
    config.databaseUrl === undefined ? await startEmbeddedPostgres({ folder: config.dataFolder }) : undefined
  const databaseUrl = embedded?.databaseUrl ?? (config.databaseUrl as string)
  const stop = async (): Promise<void> => embedded?.stop()
  try {
    const migrations = await migrate(databaseUrl)
    return { databaseUrl, migrations, lost: embedded?.lost ?? new Promise(() => {}), stop }
  } catch (error) {
    await stop()
    throw explainDatabase(error, config.databaseUrl)
  }
}

/**
 * Starts the service: listens (and answers 503) while it starts or finds its database, migrates it, and opens everything else.
 * Whatever fails on the way is thrown after all that had been opened has been closed.
 */
export const startServer = async (
  config: Config,
  log: Log,
  options: Readonly<{ validationProcess?: URL }> = {},
): Promise<RunningServer> => {
  let listener = starting
  let metricsServer: Server | undefined
  let database: OpenDatabase | undefined
  let services: Services | undefined
  const close = async (seconds: number): Promise<void> => {
    try {
      await Promise.all([
        finish(server, seconds),
        metricsServer === undefined ? undefined : finish(metricsServer, seconds),
      ])
      await services?.close()
    } finally {
      await database?.stop()
    }
  }

  // The last answer of each connection. Not a Set of answers that come and go: V8 links each table that a Set has outgrown to the next, so that
  // what has ever been in it would stay until the next full collection (docs/performance.md).
  const answers = new Map<Socket, ServerResponse>()
  const handle: RequestListener = (request, response) => {
    const { socket } = request
    if (!answers.has(socket)) socket.once('close', () => answers.delete(socket))
    answers.set(socket, response)
    listener(request, response)
  }

  for (const warning of config.warnings) log.warn(warning)
  const server = await listen(handle, 'PORT', config.host, config.port, config.tls)
  const { port } = server.address() as AddressInfo
  const baseUrl = config.baseUrl ?? localBaseUrl(config.host, port, config.tls === undefined ? 'http' : 'https')
  try {
    if (config.signingKeys === undefined) await makeDataFolder(config.dataFolder)
    database = await openDatabase(config)
    const { migrations } = database
    if (migrations.length > 0) log.info({ migrations }, 'The database has been migrated')
    const open = await openServices({ ...options, config, databaseUrl: database.databaseUrl, baseUrl, log })
    services = open
    if (config.metricsPort !== undefined) {
      metricsServer = await listen(createMetricsApp(open), 'METRICS_PORT', config.host, config.metricsPort)
    }
    await open.start()
    listener = createApp(open)
    return {
      baseUrl,
      port,
      services: open,
      databaseLost: database.lost,
      stop: (seconds = DRAIN_SECONDS) => {
        open.drain()
        // Their clients learn with the answer that this connection will not be kept (RFC 9112 section 9.6).
        for (const response of answers.values()) if (!response.headersSent) response.setHeader('Connection', 'close')
        return close(seconds)
      },
    }
  } catch (error) {
    await close(0)
    throw error
  }
}
