import { errors, jwtVerify } from 'jose'
import type { SystemCaller } from '../context.ts'
import { type Problem, problem } from '../fhir/outcome.ts'
import { type Clients, callerOf } from './clients.ts'
import { type CurrentKeys, SIGNING_ALGORITHM } from './keys.ts'
import { ACCESS_TOKEN_TYPE } from './token-endpoint.ts'
import { createVerifiedTokens, type Verified } from './verified-tokens.ts'

/** How many verified tokens are remembered: at 1 kB each, 10 MB. */
const CACHE_LIMIT = 10_000

export type Authenticator = Readonly<{
  /**
   * The caller whom an Authorization header proves. Role and organisation are those registered now; scopes are what the token
   * and the registration both allow. Throws a Problem `unauthenticated` with `WWW-Authenticate` (RFC 6750 section 3).
   */
  authenticate(authorization: string | undefined, certificate?: Certificate): Promise<SystemCaller>
  /** The caller, without waiting, where this very header has been verified before and still holds; otherwise undefined. */
  authenticateCached(authorization: string | undefined, certificate?: Certificate): SystemCaller | undefined
}>

/** The thumbprint of the certificate with which a request came; asked where the token is bound to one (RFC 8705 section 3). */
type Certificate = () => string | undefined

const NO_CERTIFICATE: Certificate = () => undefined

const REALM = 'Bearer realm="keyplan"'

const missing = (): Problem =>
  problem(
    'unauthenticated',
    'token-missing',
    'This needs an access token: send "Authorization: Bearer TOKEN". /.well-known/smart-configuration says where to get one.',
    {
      expression: 'Authorization',
      headers: { 'WWW-Authenticate': REALM },
    },
  )

const invalid = (key: 'token-invalid' | 'token-expired', text: string, cause?: unknown): Problem =>
  problem('unauthenticated', key, text, {
    expression: 'Authorization',
    cause,
    headers: { 'WWW-Authenticate': `${REALM}, error="invalid_token"` },
  })

const notOurs = (cause?: unknown): Problem =>
  invalid(
    'token-invalid',
    'The access token is not one that this service gave to a registered client. Get one at the token endpoint.',
    cause,
  )

/** RFC 8705 section 3: whoever holds a bound token without the key of its certificate has it from somebody else. */
const requireCertificate = ({ boundTo }: Verified, certificate: Certificate): void => {
  if (boundTo !== undefined && certificate() !== boundTo)
    throw invalid(
      'token-invalid',
      'The access token is bound to a client certificate with which this request did not come. Send it over the connection that it was got by.',
    )
}

/** RFC 6750 section 2.1. */
const BEARER = /^bearer +([A-Za-z0-9\-._~+/]+=*)$/i

export const createAuthenticator = (options: {
  clients: Clients
  keys: CurrentKeys
  baseUrl: () => string
  now: () => number
}): Authenticator => {
  const { clients, keys, baseUrl, now } = options
  const verifiedTokens = createVerifiedTokens(CACHE_LIMIT, now)

  const verify = async (token: string): Promise<Verified> => {
    try {
      const base = baseUrl()
      const { publicKeys } = await keys()
      const key = ({ kid }: { kid?: string }) => {
        const found = kid === undefined ? undefined : publicKeys.get(kid)
        if (found === undefined) throw new errors.JWKSNoMatchingKey()
        return found
      }
      const { payload } = await jwtVerify(token, key, {
        algorithms: [SIGNING_ALGORITHM],
        typ: ACCESS_TOKEN_TYPE,
        issuer: base,
        audience: `${base}/fhir`,
        requiredClaims: ['exp', 'sub', 'scope'],
        currentDate: new Date(now()),
      })
      // From here on the claims are what the token endpoint wrote.
      const client = clients.get(payload.sub as string)
      if (client === undefined) throw notOurs()
      const caller = callerOf(client, (payload['scope'] as string).split(' '))
      const { 'x5t#S256': boundTo } = (payload['cnf'] ?? {}) as { 'x5t#S256'?: string }
      // It was registered anew since, and now asks for more.
      if (client.tlsClientCertificateBoundAccessTokens === true && boundTo === undefined) throw notOurs()
      return { caller, client, boundTo, expiresAt: (payload.exp as number) * 1000 }
    } catch (cause) {
      if (cause instanceof errors.JWTExpired)
        throw invalid('token-expired', 'The access token has expired. Get a new one at the token endpoint.', cause)
      if (cause instanceof errors.JOSEError) throw notOurs(cause)
      throw cause
    }
  }

  const authenticateCached = (
    authorization: string | undefined,
    certificate: Certificate = NO_CERTIFICATE,
  ): SystemCaller | undefined => {
    if (authorization === undefined) return undefined
    const verified = verifiedTokens.find(authorization)
    if (verified === undefined) return undefined
    // The same registration, not just one of that name: a client that was registered anew proves itself anew.
    if (clients.get(verified.caller.clientId) === verified.client) {
      requireCertificate(verified, certificate)
      return verified.caller
    }
    verifiedTokens.remove(authorization)
    return undefined
  }

  const authenticate = async (
    authorization: string | undefined,
    certificate: Certificate = NO_CERTIFICATE,
  ): Promise<SystemCaller> => {
    const known = authenticateCached(authorization, certificate)
    if (known !== undefined) return known
    if (authorization === undefined || !/^bearer\b/i.test(authorization)) throw missing()
    const token = BEARER.exec(authorization)?.[1]
    if (token === undefined) throw notOurs()
    const verified = await verify(token)
    requireCertificate(verified, certificate)
    verifiedTokens.add(authorization, verified)
    return verified.caller
  }

  return { authenticate, authenticateCached }
}
