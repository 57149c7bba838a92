/** How KeyPlan signs in elsewhere: as a client of SMART Backend Services (SMART App Launch 2.2), by private_key_jwt. */
import { randomUUID } from 'node:crypto'
import { type CryptoKey, importJWK, type JWK, SignJWT } from 'jose'
import { type Problem, problem } from '../fhir/outcome.ts'
import { CLIENT_ASSERTION_TYPE } from './client-authentication.ts'
import { algorithmOf } from './registration.ts'

/** Where access tokens come from. */
export type TokenSource = Readonly<{
  /**
   * An access token that is good for another 30 s at least: the last one, or a new one. Calls at the same time share one
   * request. Throws a Problem `unavailable` that says why there is none; the next call tries again.
   */
  token(): Promise<string>
  /** Makes the next call get a new token, e.g. because the last one was refused. */
  forget(): void
}>

const TIMEOUT_MILLISECONDS = 5000
const ANSWER_LIMIT_BYTES = 65_536
const ASSERTION_SECONDS = 120
const SPARE_MILLISECONDS = 30_000

type Answer = Readonly<{ status: number; content: unknown }>

const noToken = (key: string, text: string, cause?: unknown): Problem => problem('unavailable', key, text, { cause })

const boundedText = async (response: Response): Promise<string> => {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.length
    if (size > ANSWER_LIMIT_BYTES) throw new Error(`the answer is longer than ${ANSWER_LIMIT_BYTES} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The status and the JSON of an answer (undefined where it is not JSON): within 5 s, at most 64 kB, and from this very address,
 * for what is sent may be a credential.
 */
const ask = async (url: string, init: RequestInit, fetchFunction: typeof fetch): Promise<Answer> => {
  const signal = AbortSignal.timeout(TIMEOUT_MILLISECONDS)
  try {
    const response = await fetchFunction(url, { ...init, redirect: 'error', signal })
    return { status: response.status, content: parsed(await boundedText(response)) }
  } catch (cause) {
    if (signal.aborted) {
      throw noToken('token-endpoint-timeout', `${url} did not answer within ${TIMEOUT_MILLISECONDS / 1000} s.`, cause)
    }
    throw noToken('token-endpoint-unreachable', `${url} cannot be reached, redirects, or answers too much.`, cause)
  }
}

const member = (content: unknown, name: string): unknown =>
  typeof content === 'object' && content !== null ? (content as Record<string, unknown>)[name] : undefined

/** An OAuth error code (RFC 6749 section 5.2) if the answer holds one; never other text of a stranger. */
const errorCode = (content: unknown): string => {
  const code = member(content, 'error')
  return typeof code === 'string' && /^[a-z_]{1,64}$/.test(code) ? ` (${code})` : ''
}

const clientAssertion = async (key: CryptoKey, algorithm: string, options: TokenSourceOptions): Promise<string> => {
  const seconds = Math.floor(Date.now() / 1000)
  return new SignJWT()
    .setProtectedHeader({ alg: algorithm, kid: options.privateKey.kid as string, typ: 'JWT' })
    .setIssuer(options.clientId)
    .setSubject(options.clientId)
    .setAudience(options.tokenUrl)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ASSERTION_SECONDS)
    .setJti(randomUUID())
    .sign(key)
}

export type TokenSourceOptions = Readonly<{
  tokenUrl: string
  clientId: string
  /** P-384 (ES384) or RSA (RS384), with the `kid` under which its public half is registered. */
  privateKey: JWK
  /** Scopes, with a blank between them. */
  scope: string
  fetch?: typeof fetch
}>

type Granted = Readonly<{ token: string /** Milliseconds since 1970. */; usableUntil: number }>

const requestToken = async (options: TokenSourceOptions): Promise<Granted> => {
  const { tokenUrl, scope, privateKey } = options
  const algorithm = algorithmOf(privateKey)
  if (algorithm === undefined || privateKey.kid === undefined || !('d' in privateKey)) {
    throw noToken('token-key-unusable', 'The private key must be a JWK with kid and d: P-384 (ES384) or RSA (RS384).')
  }
  const key = (await importJWK(privateKey, algorithm)) as CryptoKey
  const started = Date.now()
  const { status, content } = await ask(
    tokenUrl,
    {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded', Accept: 'application/json' },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        scope,
        client_assertion_type: CLIENT_ASSERTION_TYPE,
        client_assertion: await clientAssertion(key, algorithm, options),
      }).toString(),
    },
    options.fetch ?? fetch,
  )
  if (status !== 200) throw noToken('token-refused', `${tokenUrl} gave no token: HTTP ${status}${errorCode(content)}.`)
  const token = member(content, 'access_token')
  const type = member(content, 'token_type')
  const seconds = member(content, 'expires_in')
  if (
    typeof token !== 'string' ||
    typeof type !== 'string' ||
    type.toLowerCase() !== 'bearer' ||
    typeof seconds !== 'number'
  ) {
    throw noToken(
      'token-answer-malformed',
      `${tokenUrl} must answer access_token, token_type bearer and expires_in, and did not.`,
    )
  }
  return { token, usableUntil: started + seconds * 1000 - SPARE_MILLISECONDS }
}

/** A source of tokens of one client at one server. Nothing is asked before the first call. */
export const createTokenSource = (options: TokenSourceOptions): TokenSource => {
  let granted: Granted | undefined
  let asking: Promise<Granted> | undefined

  const refresh = (): Promise<Granted> => {
    const request = requestToken(options).then((answer) => {
      // Not kept if forget() was called meanwhile: the answer may be older than the reason to forget.
      if (asking === request) granted = answer
      return answer
    })
    const settled = (): void => {
      if (asking === request) asking = undefined
    }
    request.then(settled, settled)
    return request
  }

  return {
    async token() {
      if (granted !== undefined && Date.now() < granted.usableUntil) return granted.token
      asking ??= refresh()
      return (await asking).token
    },
    forget() {
      granted = undefined
      asking = undefined
    },
  }
}

const THIS_MACHINE = /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/

/** The origin of a URL; the names by which a machine knows itself are one. */
const originOf = (address: string): string => {
  const { protocol, hostname, port } = new URL(address)
  return `${protocol}//${THIS_MACHINE.test(hostname) ? 'localhost' : hostname}:${port}`
}

/**
 * The token URL that a server's SMART configuration names. It must be of the origin that was asked: otherwise a server could have the token of
 * another fetched, and sent to itself. Throws a Problem `unavailable` where there is none to be had.
 */
export const discoverTokenUrl = async (base: string, fetchFunction: typeof fetch = fetch): Promise<string> => {
  const url = `${base}/.well-known/smart-configuration`
  const { status, content } = await ask(url, { headers: { Accept: 'application/json' } }, fetchFunction)
  const tokenUrl = member(content, 'token_endpoint')
  if (status !== 200 || typeof tokenUrl !== 'string' || !URL.canParse(tokenUrl)) {
    throw noToken('token-endpoint-unknown', `${url} names no token_endpoint (HTTP ${status}).`)
  }
  if (originOf(tokenUrl) !== originOf(base)) {
    throw noToken(
      'token-endpoint-foreign',
      `${url} names a token_endpoint of another origin than ${new URL(base).origin}. A token of that one would reach this one: where this is meant, say so in the configuration (tokenUrl of the recipient).`,
    )
  }
  return tokenUrl
}
