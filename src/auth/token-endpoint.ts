/**
 * The token endpoint of SMART Backend Services (SMART App Launch 2.2, "Backend Services"; RFC 6749 section 4.4): an ordered list
 * of small checks that ends in one handler.
 */
import { randomUUID } from 'node:crypto'
import { type JWTPayload, SignJWT } from 'jose'
import { intersectScopes, parseScope } from '../access/scopes.ts'
import type { SystemCaller } from '../context.ts'
import { Problem } from '../fhir/outcome.ts'
import type { Log } from '../log.ts'
import { claimedAssertion, prove, type UseAssertionOnce } from './client-authentication.ts'
import { type Client, type Clients, callerOf } from './clients.ts'
import { type CurrentKeys, SIGNING_ALGORITHM, type SigningKeys } from './keys.ts'
import { type NoteSignIn, noteRefusal } from './note.ts'
import { badRequest, notAuthenticated, Refusal } from './refusal.ts'
import { requestedScopesFinding, type ScopeQueryFinding } from './requested-scopes.ts'

/** RFC 9068: sets access tokens apart from everything else that the same key may sign. */
export const ACCESS_TOKEN_TYPE = 'at+jwt'
export const ACCESS_TOKEN_SECONDS = 300

export type TokenEndpointOptions = Readonly<{
  clients: Clients
  keys: CurrentKeys
  /** Base address of the service, without a slash at its end. */
  baseUrl: () => string
  useAssertionOnce: UseAssertionOnce
  scopeQueryFinding: ScopeQueryFinding
  note: NoteSignIn
  /** Milliseconds since 1970. */
  now: () => number
  log: Pick<Log, 'warn' | 'error'> | undefined
}>

export type TokenRequest = Readonly<{
  /** The body as text; undefined where it was not application/x-www-form-urlencoded. */
  body: string | undefined
  /** Whether the request came with an Authorization header. */
  authorization: boolean
  /** The thumbprint of the TLS certificate with which it came. */
  certificate?: string | undefined
}>

export type TokenResponse = Readonly<{
  access_token: string
  token_type: 'bearer' | 'Bearer'
  expires_in: number
  scope: string
  /** For apps that people use: whom it is about, whether the app has to show that, and who uses it. */
  patient?: string
  need_patient_banner?: boolean
  id_token?: string
}>
export type TokenError = Readonly<{ error: string; error_description: string }>
export type TokenAnswer = Readonly<{
  status: number
  headers: Readonly<Record<string, string>>
  body: TokenResponse | TokenError
}>

/** The parameters of a token request. Throws a Refusal. */
export const formOf = (request: TokenRequest): URLSearchParams => {
  if (request.body === undefined)
    throw badRequest('form', 'Send the parameters as application/x-www-form-urlencoded in the body.')
  return new URLSearchParams(request.body)
}

/** RFC 6749 section 3.2: parameters must not be included more than once. */
export const eachParameterOnce = (form: URLSearchParams): void => {
  if (new Set(form.keys()).size !== form.size) throw badRequest('once', 'A parameter stands there more than once.')
}

/** RFC 6749 section 2.3: one method of client authentication a request. */
const noOtherAuthentication = (request: TokenRequest, form: URLSearchParams): void => {
  if (request.authorization || form.has('client_secret')) {
    throw badRequest('one-method', 'Authenticate by client_assertion alone: no Authorization header, no client_secret.')
  }
}

const clientCredentialsGrant = (form: URLSearchParams): void => {
  if (!form.has('grant_type')) throw badRequest('grant-type', 'grant_type is missing: client_credentials is expected.')
  if (form.get('grant_type') !== 'client_credentials') {
    throw new Refusal('unsupported_grant_type', 'grant-type', 'The only grant_type offered is client_credentials.')
  }
}

/** RFC 7521 section 4.2: client_id is not needed beside an assertion, and must not name another client. */
const sameClientId = (form: URLSearchParams, client: Client): void => {
  if (form.has('client_id') && form.get('client_id') !== client.clientId) throw notAuthenticated('client-id')
}

const SYSTEM_SCOPES =
  'system/TYPE.LETTERS or system/TYPE.LETTERS?PARAMETER=VALUE (TYPE a resource type, or * without parameters, LETTERS of cruds in this order), a blank between scopes; no SMART v1 names.'

/** Requested ∩ registered. */
const grantedScopes = (form: URLSearchParams, client: Client, scopeQueryFinding: ScopeQueryFinding): string[] => {
  const refuse = (description: string): Refusal => new Refusal('invalid_scope', 'scope', description)
  const requested = form.get('scope')?.split(' ') ?? []
  const finding = requestedScopesFinding(requested, {
    isOffered: (text) => parseScope(text)?.context === 'system',
    expected: SYSTEM_SCOPES,
    scopeQueryFinding,
  })
  if (finding !== undefined) throw refuse(finding)
  const granted = intersectScopes(requested, client.scopes)
  if (granted.length === 0) throw refuse('None of the requested scopes is registered for this client.')
  return granted
}

/** RFC 8705 section 3: what the token of a client that wants it bound is bound to. The certificate proves itself in TLS. */
const bindingOf = (client: Client, { certificate }: TokenRequest): Readonly<{ cnf?: { 'x5t#S256': string } }> => {
  if (client.tlsClientCertificateBoundAccessTokens !== true) return {}
  if (certificate === undefined) throw notAuthenticated('certificate')
  return { cnf: { 'x5t#S256': certificate } }
}

const accessToken = (
  keys: SigningKeys,
  client: Client,
  claims: JWTPayload,
  base: string,
  now: number,
): Promise<string> => {
  const seconds = Math.floor(now / 1000)
  return new SignJWT({ client_id: client.clientId, ...claims })
    .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid: keys.kid, typ: ACCESS_TOKEN_TYPE })
    .setIssuer(base)
    .setAudience(`${base}/fhir`)
    .setSubject(client.clientId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ACCESS_TOKEN_SECONDS)
    .setJti(randomUUID())
    .sign(keys.privateKey)
}

const failed = (
  status: number,
  error: string,
  description: string,
  headers: Readonly<Record<string, string>> = {},
): TokenAnswer => ({
  status,
  headers,
  body: { error, error_description: description },
})

/** The answer to a token request that failed, once a refusal is on record; `caller`: the registered client that asked, where one was recognised. */
export const notAnswered = async (
  cause: unknown,
  { log, note }: Pick<TokenEndpointOptions, 'log' | 'note'>,
  caller: SystemCaller | string,
): Promise<TokenAnswer> => {
  if (cause instanceof Refusal) {
    const { check, code, message } = cause
    // Only a registered name is logged: anything else is text that a stranger chose.
    const client = typeof caller === 'string' ? caller : caller.clientId
    log?.warn({ error: code, check, client: client === '' ? undefined : client }, 'token refused')
    await noteRefusal(note, log, { interaction: 'token', caller, refused: check })
    return failed(code === 'invalid_client' ? 401 : 400, code, message)
  }
  log?.error({ err: cause }, 'token endpoint failed')
  return cause instanceof Problem && cause.kind === 'unavailable'
    ? failed(
        503,
        'temporarily_unavailable',
        'No token can be given now. Try again with a new assertion.',
        cause.headers,
      )
    : failed(500, 'server_error', 'No token could be given, for a reason inside the service.')
}

/**
 * Answers a token request: 200 with a token of 300 s, or an error of RFC 6749 section 5.2. Does not throw: what nobody foresaw
 * is logged and answered as `server_error` (500), a store that cannot be reached as `temporarily_unavailable` (503).
 */
export const answerToken = async (options: TokenEndpointOptions, request: TokenRequest): Promise<TokenAnswer> => {
  let client: Client | undefined
  try {
    const now = options.now()
    const base = options.baseUrl()

    const form = formOf(request)
    eachParameterOnce(form)
    noOtherAuthentication(request, form)
    clientCredentialsGrant(form)
    const assertion = claimedAssertion(form, options.clients)
    client = assertion.client
    sameClientId(form, client)
    const binding = bindingOf(client, request)
    await prove(assertion, { audience: `${base}/auth/token`, now }, options.useAssertionOnce)
    const scopes = grantedScopes(form, client, options.scopeQueryFinding)
    await options.note({ interaction: 'token', caller: callerOf(client, scopes) })

    const scope = scopes.join(' ')
    const token = await accessToken(await options.keys(), client, { scope, ...binding }, base, now)
    return {
      status: 200,
      headers: {},
      body: { access_token: token, token_type: 'bearer', expires_in: ACCESS_TOKEN_SECONDS, scope },
    }
  } catch (cause) {
    return notAnswered(cause, options, client === undefined ? '' : callerOf(client, []))
  }
}
