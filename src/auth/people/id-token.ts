/**
 * What an app is told of the person who uses it (OpenID Connect Core 1.0, section 2). SMART asks for RS256 of everyone, so these tokens have keys of
 * their own.
 */
import { createHash } from 'node:crypto'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from 'jose'
import { keysOf, readKeyFile } from '../key-file.ts'
import type { Person } from './person.ts'

export const ID_TOKEN_ALGORITHM = 'RS256'
const ID_TOKEN_SECONDS = 300
const MINIMUM_BITS = 2048

export type IdTokenKeys = Readonly<{ kid: string; privateKey: CryptoKey; jwks: Readonly<{ keys: readonly JWK[] }> }>

const generateKeySet = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair(ID_TOKEN_ALGORITHM, { extractable: true, modulusLength: MINIMUM_BITS })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return `${JSON.stringify({ keys: [{ kid, alg: ID_TOKEN_ALGORITHM, use: 'sig', ...jwk }] }, null, 2)}\n`
}

const SETTING = 'KEYPLAN_ID_TOKEN_KEYS'

/**
 * The keys of the file that KEYPLAN_ID_TOKEN_KEYS names; without one, those of `id-token-keys.json` in the data folder, generated there by the
 * first process that finds none. The first signs; all are shown, so that keys can change. Throws an Error that names the file.
 */
export const loadIdTokenKeys = async (options: {
  file?: string | undefined
  dataFolder: string
}): Promise<IdTokenKeys> => {
  const { file, content } = await readKeyFile({
    setting: SETTING,
    ...options,
    name: 'id-token-keys.json',
    generate: generateKeySet,
  })
  const refuse = (what: string): Error =>
    new Error(
      `${SETTING}: ${file} ${what}. Expected a JWK set {"keys": […]} of RSA keys of ${MINIMUM_BITS} bits at least, the first of them private.`,
    )
  const shown: JWK[] = []
  for (const [index, found] of keysOf(content, refuse).entries()) {
    const { kty, n, e, kid } = (found ?? {}) as JWK
    const publicKey = { kty, n, e } as JWK
    const imported = await importJWK(publicKey, ID_TOKEN_ALGORITHM).catch(() => undefined)
    const bits = (imported as { algorithm?: { modulusLength?: number } } | undefined)?.algorithm?.modulusLength ?? 0
    if (bits < MINIMUM_BITS) throw refuse(`has at /keys/${index} something that is not such a key`)
    shown.push({
      kid: kid ?? (await calculateJwkThumbprint(publicKey)),
      alg: ID_TOKEN_ALGORITHM,
      use: 'sig',
      ...publicKey,
    })
  }
  const [first] = keysOf(content, refuse) as [JWK]
  if (first.d === undefined) throw refuse('has at /keys/0 a key without its private member `d`, so it cannot sign')
  const privateKey = (await importJWK(first, ID_TOKEN_ALGORITHM).catch(() => {
    throw refuse('has at /keys/0 a private key that cannot be read')
  })) as CryptoKey
  return { kid: shown[0]?.kid as string, privateKey, jwks: { keys: shown } }
}

/** Names a person the same for every app and every time, and says nothing more of them. */
const subjectOf = ({ issuer, subject }: Person): string =>
  createHash('sha256')
    .update(JSON.stringify([issuer, subject]))
    .digest('base64url')

/** An ID token for an app; `fhirUser` is the address of the resource that stands for the person. */
export const signIdToken = (
  keys: IdTokenKeys,
  about: Readonly<{
    base: string
    clientId: string
    person: Person
    /** When they signed in, ISO 8601. */
    began: string
    nonce: string | null
    fhirUser: string | null
    /** Milliseconds since 1970. */
    now: number
  }>,
): Promise<string> => {
  const seconds = Math.floor(about.now / 1_000)
  return new SignJWT({
    auth_time: Math.floor(Date.parse(about.began) / 1_000),
    ...(about.nonce === null ? {} : { nonce: about.nonce }),
    ...(about.fhirUser === null ? {} : { fhirUser: `${about.base}/fhir/${about.fhirUser}` }),
  })
    .setProtectedHeader({ alg: ID_TOKEN_ALGORITHM, kid: keys.kid, typ: 'JWT' })
    .setIssuer(about.base)
    .setSubject(subjectOf(about.person))
    .setAudience(about.clientId)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + ID_TOKEN_SECONDS)
    .sign(keys.privateKey)
}
