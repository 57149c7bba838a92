import { Ajv, type ErrorObject } from 'ajv'
import { parseScope } from '../../access/scopes.ts'
import type { KeyHolder } from '../client-authentication.ts'
import { type Clients, isApp, readAllRegistrations, refuseRegistration, registeredKeys } from '../clients.ts'
import { findingOf } from '../finding.ts'
import { KEY_FORMATS, KEY_MEMBERS, type Registration } from '../registration.ts'
import { queryPartFinding, type ScopeQueryFinding } from '../requested-scopes.ts'

/** An app that people use (SMART App Launch 2.2): what it is called, where answers to it go, and what it may ask for at most. */
export type App = KeyHolder &
  Readonly<{
    name: string
    /** Compared letter by letter. */
    redirectUris: readonly string[]
    /** Where the app begins when it is opened out of KeyPlan; undefined for one that only begins by itself. */
    launchUri: string | undefined
    scopes: readonly string[]
    /** An app that can keep no secret: PKCE is all that binds an answer to it. */
    isPublic: boolean
    algorithms: readonly string[]
  }>

/** By client id. */
export type Apps = ReadonlyMap<string, App>

/** Scopes that say who and for whom, and give no records. */
export const CONTEXT_SCOPES: readonly string[] = ['openid', 'fhirUser', 'launch', 'launch/patient']

/** Whether a text is a scope that an app may be given: in the name of a person. Of its query part nothing is said. */
export const isAppScope = (text: string): boolean => {
  if (CONTEXT_SCOPES.includes(text)) return true
  const scope = parseScope(text)
  return scope !== undefined && scope.context !== 'system'
}

const LOOPBACK = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/**
 * https, or http on the person's own machine, or a scheme of the app's own that is a domain name turned round (RFC 8252 section 7); no fragment
 * (RFC 6749 section 3.1.2).
 */
const isAppAddress = (address: string): boolean => {
  if (!URL.canParse(address) || address.includes('#')) return false
  const { protocol, hostname, username } = new URL(address)
  if (username !== '') return false
  if (protocol === 'http:') return LOOPBACK.test(hostname)
  return protocol === 'https:' || /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol)
}

const text = { type: 'string', minLength: 1, maxLength: 200 }

const schema = {
  type: 'object',
  additionalProperties: false,
  required: ['kind', 'clientId', 'name', 'redirectUris', 'scopes'],
  oneOf: [{ required: ['public'] }, { required: ['jwks'] }, { required: ['jwksUri'] }],
  properties: {
    kind: { const: 'app' },
    clientId: { type: 'string', pattern: '^[A-Za-z0-9._-]{1,64}$' },
    name: text,
    redirectUris: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'app-address' } },
    launchUri: { type: 'string', format: 'app-address' },
    scopes: { type: 'array', minItems: 1, uniqueItems: true, items: { type: 'string', format: 'app-scope' } },
    public: { const: true },
    ...KEY_MEMBERS,
  },
}

type AppRegistration = Readonly<{
  clientId: string
  name: string
  redirectUris: string[]
  launchUri?: string
  scopes: string[]
  public?: true
}> &
  Pick<Registration, 'jwks' | 'jwksUri' | 'algorithms'>

const check = new Ajv({
  allErrors: true,
  verbose: true,
  formats: { ...KEY_FORMATS, 'app-address': isAppAddress, 'app-scope': isAppScope },
}).compile<AppRegistration>(schema)

const explain = (error: ErrorObject): string => {
  if (error.keyword === 'oneOf')
    return '/ needs one of `public` (true), `jwks` and `jwksUri`: how the app proves who it is'
  if (error.schemaPath.includes('/scopes/'))
    return `${error.instancePath} must be one of ${CONTEXT_SCOPES.join(', ')}, or a SMART v2 scope such as user/CarePlan.rs or patient/CarePlan.rs?status=active`
  if (error.keyword === 'format' && error.instancePath !== '/jwksUri')
    return `${error.instancePath} must be an https address without a fragment (http only on this machine), or one of the app's own scheme such as uk.example.app:/callback`
  return findingOf(error)
}

/**
 * The apps among the registrations of KEYPLAN_CLIENTS (`"kind": "app"`), by client id. Throws an Error that names the file and each wrong element,
 * also where a system or another app has the same client id.
 */
export const loadApps = async (path: string, clients: Clients, scopeQueryFinding: ScopeQueryFinding): Promise<Apps> => {
  const apps = new Map<string, App>()
  for (const { where, registration } of await readAllRegistrations(path)) {
    if (!isApp(registration)) continue
    if (!check(registration))
      throw refuseRegistration(
        where,
        (check.errors ?? []).filter(({ schemaPath }) => !schemaPath.startsWith('#/oneOf/')).map(explain),
      )
    const { clientId, name, redirectUris, launchUri, scopes, public: isPublic = false } = registration
    const { known, findings } = await registeredKeys(registration)
    if (clients.has(clientId) || apps.has(clientId))
      findings.push(`/clientId "${clientId}" is already registered by another entry`)
    for (const [index, scope] of scopes.entries()) {
      const finding = queryPartFinding(scope, scopeQueryFinding)
      if (finding !== undefined) findings.push(`/scopes/${index} has a query part that is refused: ${finding}`)
    }
    if (findings.length > 0) throw refuseRegistration(where, findings)
    apps.set(clientId, { clientId, name, redirectUris, launchUri, scopes, isPublic, ...known })
  }
  return apps
}
