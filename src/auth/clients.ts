import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { intersectScopes } from '../access/scopes.ts'
import type { SystemCaller, SystemRole } from '../context.ts'
import { type ClientKeys, importKeys } from './client-keys.ts'
import { type FindKey, publishedKeys } from './key-set.ts'
import { CLIENT_ALGORITHMS, type ClientAlgorithm, type Registration, registrationFindings } from './registration.ts'
import { TEST_KEY_THUMBPRINTS } from './test-keys.ts'

/** A registered client system: who it is, what it may ask for at most, and the public keys that prove it. */
export type Client = Readonly<{
  clientId: string
  name: string
  role: SystemRole
  /** Sees clinical content although its role alone does not let it. */
  clinical?: boolean
  organization: Readonly<{ ods: string; name: string }>
  scopes: readonly string[]
  /** Its tokens are bound to the certificate with which it asks for them (RFC 8705 section 3.4). */
  tlsClientCertificateBoundAccessTokens?: boolean
  algorithms: readonly ClientAlgorithm[]
  /** The keys that are registered by value; none where they are published at an address. */
  keys: ClientKeys
  findKey: FindKey
  /** Where the client publishes its keys; undefined where they are registered by value. */
  jwksUri: string | undefined
}>

/** By client id. */
export type Clients = ReadonlyMap<string, Client>

/** A client as a caller, with what its registration allows of these scopes. */
export const callerOf = (
  { clientId, role, clinical, organization, scopes: registered }: Client,
  scopes: readonly string[],
): SystemCaller => ({
  kind: 'system',
  clientId,
  role,
  organization: organization.ods,
  scopes: intersectScopes(scopes, registered),
  ...(clinical === undefined ? {} : { clinical }),
})

export const refuseRegistration = (file: string, findings: readonly string[]): Error =>
  new Error(`KEYPLAN_CLIENTS: ${file} is not a client registration: ${findings.join('; ')}.`)

/** By which keys a client is known. */
export type RegisteredKeys = Pick<Client, 'algorithms' | 'keys' | 'findKey' | 'jwksUri'>

/** The keys that a registration names, and what is wrong with them (JSON pointers). */
export const registeredKeys = async ({
  jwks,
  jwksUri,
  algorithms = CLIENT_ALGORITHMS,
}: Pick<Registration, 'jwks' | 'jwksUri'> & Readonly<{ algorithms?: readonly ClientAlgorithm[] }>): Promise<{
  known: RegisteredKeys
  findings: string[]
}> => {
  if (jwksUri !== undefined) {
    const findKey = publishedKeys(jwksUri, algorithms)
    return { known: { algorithms, jwksUri, keys: new Map(), findKey }, findings: [] }
  }
  const { keys, findings } = await importKeys(jwks?.keys ?? [], algorithms)
  return {
    known: { algorithms, jwksUri, keys, findKey: async (kid) => keys.get(kid) },
    findings: findings.map((finding) => `/jwks${finding}`),
  }
}

const importClient = async (registration: Registration): Promise<{ client: Client; findings: string[] }> => {
  const { jwks: _jwks, jwksUri: _jwksUri, algorithms: _algorithms, ...who } = registration
  const { known, findings } = await registeredKeys(registration)
  return { client: { ...who, ...known }, findings }
}

const readRegistrations = async (file: string): Promise<unknown[]> => {
  let content: unknown
  try {
    content = JSON.parse(await readFile(file, 'utf8'))
  } catch (cause) {
    // A parser's message may quote the file, which may hold a key.
    throw refuseRegistration(file, [
      cause instanceof SyntaxError ? 'it is not JSON' : `it cannot be read (${(cause as NodeJS.ErrnoException).code})`,
    ])
  }
  return Array.isArray(content) ? content : [content]
}

/** The registration files of a folder; `NAME.private.json` beside them are keys of clients for tests, and not read. */
const registrationFiles = async (path: string): Promise<string[]> => {
  const found = await stat(path).catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      `KEYPLAN_CLIENTS: ${path} cannot be read (${cause.code}). Name a JSON file, or a folder of JSON files.`,
    )
  })
  if (!found.isDirectory()) return [path]
  const names = (await readdir(path)).filter((name) => name.endsWith('.json') && !name.endsWith('.private.json'))
  return names.sort().map((name) => join(path, name))
}

/** Every registration of a JSON file, or of a folder of such files, and where each stands; none of them has been looked at yet. */
export const readAllRegistrations = async (path: string): Promise<{ where: string; registration: unknown }[]> => {
  const all: { where: string; registration: unknown }[] = []
  for (const file of await registrationFiles(path)) {
    const registrations = await readRegistrations(file)
    for (const [index, registration] of registrations.entries())
      all.push({ where: registrations.length === 1 ? file : `${file}, number ${index + 1},`, registration })
  }
  return all
}

/** Whether a registration is one of an app that people use, and not of a system (`people/apps.ts`). */
export const isApp = (registration: unknown): boolean =>
  typeof registration === 'object' && registration !== null && 'kind' in registration && registration.kind === 'app'

/**
 * The registered clients of a JSON file (one registration, or an array of them) or of a folder of such files, by client id.
 * Throws an Error that names the file and each wrong element; also where there is no client at all, or one client id twice.
 */
export const loadClients = async (path: string): Promise<Clients> => {
  const clients = new Map<string, Client>()
  for (const { where, registration } of await readAllRegistrations(path)) {
    if (isApp(registration)) continue
    const wrong = registrationFindings(registration)
    if (wrong.length > 0) throw refuseRegistration(where, wrong)
    const { client, findings } = await importClient(registration as Registration)
    if (clients.has(client.clientId))
      findings.push(`/clientId "${client.clientId}" is already registered by another entry`)
    if (findings.length > 0) throw refuseRegistration(where, findings)
    clients.set(client.clientId, client)
  }
  if (clients.size === 0) throw new Error(`KEYPLAN_CLIENTS: ${path} registers no client, so nobody could sign in.`)
  return clients
}

/**
 * Whether any of these clients signs in with a key whose private half is published in `fixtures/clients/`: then the service
 * must not be reachable from other machines.
 */
export const usesTestKeys = (clients: Clients): boolean =>
  [...clients.values()].some((client) =>
    [...client.keys.values()].some((key) => TEST_KEY_THUMBPRINTS.has(key.thumbprint)),
  )
