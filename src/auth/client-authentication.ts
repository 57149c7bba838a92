/**
 * Who asks for a token: asymmetric client authentication (SMART App Launch 2.2, "Client Authentication: Asymmetric"; RFC 7523).
 */
import {
  decodeJwt,
  decodeProtectedHeader,
  errors,
  type JWTPayload,
  jwtVerify,
  type ProtectedHeaderParameters,
} from 'jose'
import type { ClientKey } from './client-keys.ts'
import type { Client } from './clients.ts'
import { KeysUnavailable } from './key-set.ts'
import { badRequest, notAuthenticated } from './refusal.ts'

export const CLIENT_ASSERTION_TYPE = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'
const ASSERTION_SECONDS = 300
const SKEW_SECONDS = 60

/**
 * True the first time that a client's assertion is seen, false ever after, whichever process is asked; remembered at least
 * until `expiresAt`. One insert under a unique key: to look first and write then would let two requests pass.
 */
export type UseAssertionOnce = (clientId: string, jti: string, expiresAt: Date) => Promise<boolean>

const assertionOf = (form: URLSearchParams): string => {
  if (form.get('client_assertion_type') !== CLIENT_ASSERTION_TYPE) {
    throw badRequest('assertion-type', `client_assertion_type must be ${CLIENT_ASSERTION_TYPE}.`)
  }
  const assertion = form.get('client_assertion')
  if (assertion === null || assertion === '') throw badRequest('assertion', 'client_assertion is missing.')
  return assertion
}

const decode = (assertion: string): { header: ProtectedHeaderParameters; claims: JWTPayload } => {
  try {
    return { header: decodeProtectedHeader(assertion), claims: decodeJwt(assertion) }
  } catch {
    throw notAuthenticated('not-a-jwt')
  }
}

/** Whoever proves who it is by a key: a system, or an app that people use. */
export type KeyHolder = Pick<Client, 'clientId' | 'findKey' | 'jwksUri'>

/** An assertion and the registered client whom it claims to come from. Nothing of it has been proven yet. */
export type ClaimedAssertion<Claimed extends KeyHolder = Client> = Readonly<{
  text: string
  header: ProtectedHeaderParameters
  client: Claimed
}>

/** The assertion of a token request. Throws a Refusal where there is none, or where no registered client has that name. */
export const claimedAssertion = <Claimed extends KeyHolder>(
  form: URLSearchParams,
  clients: ReadonlyMap<string, Claimed>,
): ClaimedAssertion<Claimed> => {
  const text = assertionOf(form)
  const { header, claims } = decode(text)
  const client = clients.get(claims.iss as string)
  if (client === undefined) throw notAuthenticated('iss')
  return { text, header, client }
}

/** The registered key that `kid` names, if the assertion says the algorithm that this key is for: so never `none`, never HS*. */
const registeredKey = async ({ client, header }: ClaimedAssertion<KeyHolder>): Promise<ClientKey> => {
  if (typeof header.kid !== 'string') throw notAuthenticated('kid')
  const key = await client.findKey(header.kid).catch((error: unknown) => {
    if (error instanceof KeysUnavailable) throw notAuthenticated(`key-set-${error.reason}`)
    throw error
  })
  if (key === undefined) throw notAuthenticated('kid')
  if (header.alg !== key.algorithm) throw notAuthenticated('alg')
  return key
}

/** A `jku` has to equal the registered address, letter by letter; there is none where keys are registered by value. */
const noForeignKeySet = ({ client, header }: ClaimedAssertion<KeyHolder>): void => {
  if ('jku' in header && header.jku !== client.jwksUri) throw notAuthenticated('jku')
}

/** The claims, now proven to be the client's, meant for this endpoint and neither expired nor early. */
const verifiedClaims = async (
  { text, client }: ClaimedAssertion<KeyHolder>,
  key: ClientKey,
  audience: string,
  now: number,
): Promise<JWTPayload> => {
  try {
    const { payload } = await jwtVerify(text, key.key, {
      algorithms: [key.algorithm],
      typ: 'JWT',
      issuer: client.clientId,
      subject: client.clientId,
      audience,
      requiredClaims: ['exp', 'jti'],
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(now),
    })
    return payload
  } catch (cause) {
    if (cause instanceof errors.JWTClaimValidationFailed || cause instanceof errors.JWTExpired)
      throw notAuthenticated(cause.claim)
    throw notAuthenticated(cause instanceof errors.JWSSignatureVerificationFailed ? 'signature' : 'jwt')
  }
}

/** An assertion that other servers accept too could be used there by whoever received it here, and the other way round. */
const noOtherAudience = (claims: JWTPayload): void => {
  if (Array.isArray(claims.aud) && claims.aud.length !== 1) throw notAuthenticated('aud')
}

const shortLived = (claims: JWTPayload, now: number): void => {
  const seconds = Math.floor(now / 1000)
  if ((claims.exp as number) > seconds + ASSERTION_SECONDS + SKEW_SECONDS) throw notAuthenticated('exp-too-far')
  if (claims.iat !== undefined && claims.iat > seconds + SKEW_SECONDS) throw notAuthenticated('iat')
}

/** Printable ASCII, so that every database holds it unchanged under its unique key. */
const JTI = /^[\x20-\x7e]{1,255}$/

const usedFirstNow = async (use: UseAssertionOnce, client: KeyHolder, claims: JWTPayload): Promise<void> => {
  const { jti, exp } = claims as { jti: unknown; exp: number }
  if (typeof jti !== 'string' || !JTI.test(jti)) throw notAuthenticated('jti')
  if (!(await use(client.clientId, jti, new Date((exp + SKEW_SECONDS) * 1000)))) throw notAuthenticated('replay')
}

/** Proves that the client whom the assertion claims made it, for this audience and now, and uses it up. Throws a Refusal. */
export const prove = async (
  assertion: ClaimedAssertion<KeyHolder>,
  expected: Readonly<{
    /** The token URL. */
    audience: string
    /** Milliseconds since 1970. */
    now: number
  }>,
  useAssertionOnce: UseAssertionOnce,
): Promise<void> => {
  noForeignKeySet(assertion)
  const key = await registeredKey(assertion)
  const claims = await verifiedClaims(assertion, key, expected.audience, expected.now)
  noOtherAudience(claims)
  shortLived(claims, expected.now)
  // The last check: an assertion that fails another, a forged one above all, uses up no jti.
  await usedFirstNow(useAssertionOnce, assertion.client, claims)
}
