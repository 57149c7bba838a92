import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FhirResource, OperationOutcome } from 'fhir/r4.js'
import { createTokenSource } from '../../src/auth/client-assertion.ts'
import { readConfig, TEST_CLIENTS } from '../../src/config.ts'
import { createLog } from '../../src/log.ts'
import { startServer } from '../../src/server.ts'
import type { Services } from '../../src/services.ts'
import { database, type TestDatabase } from './database.ts'

/** What the service answered. `body` is the parsed JSON, whose type the caller knows; undefined where there was none. */
export type Answer<Body> = Readonly<{ status: number; headers: Headers; text: string; body: Body }>

/** Sends a request below /fhir as one client. An object is sent as FHIR JSON, a string as it is. */
export type FhirRequest = <Body = FhirResource>(
  method: string,
  path: string,
  body?: object | string,
  headers?: Readonly<Record<string, string>>,
) => Promise<Answer<Body>>

export type TestService = Readonly<{
  /** Address without a slash at its end; FHIR is below `/fhir`. */
  baseUrl: string
  database: TestDatabase
  services: Services
  /** Parsed log lines so far. */
  logged: readonly Readonly<Record<string, unknown>>[]
  /** An access token of a synthetic client (`fixtures/clients`). */
  token(client: string, scope?: string): Promise<string>
  /** Requests of a synthetic client; of nobody where no client is named. */
  fhir(client?: string, scope?: string): Promise<FhirRequest>
  /** Stops the service and drops its database; throws where something was left open. */
  stop(): Promise<void>
}>

/** The process that validates what is large runs from the sources too. */
export const VALIDATION_PROCESS = new URL('./validation-process.js', import.meta.url)

const parse = (text: string): unknown => {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return undefined
  }
}

const privateKey = async (client: string) =>
  JSON.parse(await readFile(join(TEST_CLIENTS, `${client}.private.json`), 'utf8'))

const tokenOf = async (baseUrl: string, client: string, scope = 'system/*.cruds'): Promise<string> =>
  createTokenSource({
    tokenUrl: `${baseUrl}/auth/token`,
    clientId: client,
    privateKey: await privateKey(client),
    scope,
  }).token()

/** Requests of a synthetic client to a service at this address, of nobody where no client is named. */
export const fhirClient = async (baseUrl: string, client?: string, scope?: string): Promise<FhirRequest> => {
  const authorization = client === undefined ? undefined : `Bearer ${await tokenOf(baseUrl, client, scope)}`
  return async <Body>(
    method: string,
    path: string,
    body?: object | string,
    headers: Readonly<Record<string, string>> = {},
  ) => {
    const answer = await fetch(`${baseUrl}/fhir${path}`, {
      method,
      headers: {
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(body === undefined ? {} : { 'Content-Type': 'application/fhir+json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, headers: answer.headers, text, body: parse(text) as Body }
  }
}

/**
 * The service as shipped, on a free port, with the synthetic clients and a database of its own, or this one, which is kept when it stops.
 * `environment` adds settings.
 */
export const startService = async (
  options: { environment?: Readonly<Record<string, string>>; database?: TestDatabase } = {},
): Promise<TestService> => {
  const own = options.database ?? (await database())
  const folder = await mkdtemp(join(tmpdir(), 'keyplan-test-data-'))
  const logged: Record<string, unknown>[] = []
  const clear = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true })
    if (options.database === undefined) await own.drop()
  }
  try {
    const config = readConfig({ PORT: '0', DATABASE_URL: own.url, KEYPLAN_DATA: folder, ...options.environment })
    const log = createLog('debug', { write: (line: string) => void logged.push(JSON.parse(line)) })
    const server = await startServer(config, log, { validationProcess: VALIDATION_PROCESS })
    const { baseUrl, services } = server

    return {
      baseUrl,
      database: own,
      services,
      logged,
      token: (client, scope) => tokenOf(baseUrl, client, scope),
      fhir: (client, scope) => fhirClient(baseUrl, client, scope),
      stop: async () => {
        try {
          await server.stop(1)
        } finally {
          await clear()
        }
      },
    }
  } catch (error) {
    await clear()
    throw error
  }
}

/** KeyPlan's stable codes in an OperationOutcome, in order, e.g. `RSP-1`. */
export const issueKeys = (outcome: unknown): string[] =>
  ((outcome as OperationOutcome).issue ?? []).map((issue) => issue.details?.coding?.[0]?.code ?? issue.code)
