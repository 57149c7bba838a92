import { mkdtemp, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import express, { type Express } from 'express'
import { importJWK, type JWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose'
import { type Auth, createAuth } from '../../src/auth/auth.ts'
import type { UseAssertionOnce } from '../../src/auth/client-authentication.ts'
import { type Clients, loadClients } from '../../src/auth/clients.ts'
import { loadSigningKeys, type SigningKeys } from '../../src/auth/keys.ts'
import type { SignInEvent } from '../../src/context.ts'
import { scopeQueryFinding } from '../../src/search/scope-query.ts'

export const FIXTURES = fileURLToPath(new URL('../../fixtures/clients/', import.meta.url))
export const BASE = 'https://plans.example'
export const TOKEN_URL = `${BASE}/auth/token`
export const ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'

/** When the test file began. Assertions are made at this time and the clock of the service stands there, however long the tests take. */
export const START = Date.now()

export const newFolder = (): Promise<string> => mkdtemp(join(tmpdir(), 'keyplan-auth-'))

export const privateKeyOf = async (client: string): Promise<JWK & { kid: string }> =>
  JSON.parse(await readFile(`${FIXTURES}${client}.private.json`, 'utf8'))

/** What the store does under a unique key, in memory. */
export const rememberAssertions = (): UseAssertionOnce => {
  const used = new Set<string>()
  return async (clientId, jti) => {
    const key = JSON.stringify([clientId, jti])
    const first = !used.has(key)
    used.add(key)
    return first
  }
}

export type Refused = { error?: string; check?: string; client?: string | undefined }

export type Service = {
  app: Express
  auth: Auth
  keys: SigningKeys
  /** The clock of the service, which stands at START; tests set it. */
  clock: { now: number }
  /** What the service wrote to its log, in order. */
  logged: Refused[]
  /** What was put on record, in order. */
  noted: SignInEvent[]
}

/** A clock that goes, for what signs in by itself. */
export const RUNNING_CLOCK = {
  get now(): number {
    return Date.now()
  },
}

/** The router as shipped, on an Express of its own, with keys of its own. */
export const startService = async (
  options: {
    clients?: Clients
    useAssertionOnce?: UseAssertionOnce
    base?: string
    keys?: SigningKeys
    clock?: { now: number }
  } = {},
): Promise<Service> => {
  const clock = options.clock ?? { now: START }
  const logged: Refused[] = []
  const noted: SignInEvent[] = []
  const record = ((fields: Refused) => logged.push(fields)) as never
  const keys = options.keys ?? (await loadSigningKeys({ dataFolder: await newFolder() }))
  const auth = createAuth({
    clients: options.clients ?? (await loadClients(FIXTURES)),
    keys: async () => keys,
    baseUrl: () => options.base ?? BASE,
    useAssertionOnce: options.useAssertionOnce ?? rememberAssertions(),
    scopeQueryFinding,
    note: async (event) => void noted.push(event),
    log: { warn: record, error: record },
    now: () => clock.now,
  })
  const app = express().disable('x-powered-by').use(auth.router)
  return { app, auth, keys, clock, logged, noted }
}

let count = 0

export type AssertionParts = {
  /** Members that replace the right ones; null leaves a member out. */
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  /** Seconds from START, in place of the right times. */
  times?: Record<string, number>
  signedBy?: JWK
}

const without = (members: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null))

/** An assertion of this client, right in everything but what `parts` says. */
export const makeAssertion = async (client: string, parts: AssertionParts = {}): Promise<string> => {
  const key = parts.signedBy ?? (await privateKeyOf(client))
  const seconds = Math.floor(START / 1000)
  const times = Object.entries(parts.times ?? {}).map(([claim, offset]) => [claim, seconds + offset])
  const claims = { iss: client, sub: client, aud: TOKEN_URL, exp: seconds + 120, jti: `${client}-${++count}` }
  const header = without({ alg: key.alg, kid: key.kid, typ: 'JWT', ...parts.header })
  const signer = new SignJWT(without({ ...claims, ...Object.fromEntries(times), ...parts.claims }) as JWTPayload)
  return signer.setProtectedHeader(header as JWTHeaderParameters).sign(await importJWK(key, header['alg'] as string), {
    crit: { 'https://elsewhere.example/x': true },
  })
}

/** The parameters of a right token request, with some replaced; null leaves one out. */
export const tokenRequest = (assertion: string, replaced: Record<string, string | null> = {}): string =>
  new URLSearchParams(
    without({
      grant_type: 'client_credentials',
      scope: 'system/*.cruds',
      client_assertion_type: ASSERTION_TYPE,
      client_assertion: assertion,
      ...replaced,
    }) as Record<string, string>,
  ).toString()
