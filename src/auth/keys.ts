import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import { keysOf, readKeyFile } from './key-file.ts'

/** What the service signs with: its access tokens are all ES384. */
export const SIGNING_ALGORITHM = 'ES384'

/** The service's own keys: the first of the file signs, all of them verify, so that keys can be changed while tokens are out. */
export type SigningKeys = Readonly<{
  kid: string
  privateKey: CryptoKey
  /** By `kid`. */
  publicKeys: ReadonlyMap<string, CryptoKey>
  /** The JWK set that `/auth/jwks` shows: public members only. */
  jwks: Readonly<{ keys: readonly JWK[] }>
}>

const generateKeySet = async (): Promise<string> => {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  const kid = await calculateJwkThumbprint(jwk)
  return `${JSON.stringify({ keys: [{ kid, alg: SIGNING_ALGORITHM, use: 'sig', ...jwk }] }, null, 2)}\n`
}

type Es384Jwk = JWK & { kty: 'EC'; crv: 'P-384'; x: string; y: string; d?: string }

const isEs384 = (jwk: unknown): jwk is Es384Jwk =>
  typeof jwk === 'object' && jwk !== null && 'kty' in jwk && jwk.kty === 'EC' && 'crv' in jwk && jwk.crv === 'P-384'

/** The key set that a file holds. The text is never quoted in an error: it is secret. */
const parseKeySet = async (file: string, content: string): Promise<SigningKeys> => {
  const refuse = (what: string): Error =>
    new Error(
      `KEYPLAN_SIGNING_KEYS: ${file} ${what}. Expected a JWK set {"keys": […]} of ES384 keys, the first of them private.`,
    )
  const keys = keysOf(content, refuse)
  const publicKeys = new Map<string, CryptoKey>()
  const shown: JWK[] = []
  for (const [index, jwk] of keys.entries()) {
    if (!isEs384(jwk)) throw refuse(`has at /keys/${index} something that is not an EC key on the curve P-384`)
    const { kty, crv, x, y } = jwk
    const kid = jwk.kid ?? (await calculateJwkThumbprint({ kty, crv, x, y }))
    if (publicKeys.has(kid)) throw refuse(`has at /keys/${index} a kid that stands there twice`)
    const publicJwk: JWK = { kid, kty, crv, alg: SIGNING_ALGORITHM, use: 'sig', x, y }
    const publicKey = await importJWK(publicJwk, SIGNING_ALGORITHM).catch(() => {
      throw refuse(`has at /keys/${index} a key that cannot be read`)
    })
    publicKeys.set(kid, publicKey as CryptoKey)
    shown.push(publicJwk)
  }
  const [first] = keys as [Es384Jwk]
  if (typeof first.d !== 'string')
    throw refuse('has at /keys/0 a key without its private member `d`, so it cannot sign')
  const privateKey = (await importJWK(first, SIGNING_ALGORITHM).catch(() => {
    throw refuse('has at /keys/0 a private key that cannot be read')
  })) as CryptoKey
  return { kid: (shown[0] as JWK).kid as string, privateKey, publicKeys, jwks: { keys: shown } }
}

/**
 * The signing keys of the file that `KEYPLAN_SIGNING_KEYS` names; without one, those of `signing-keys.json` in the data folder,
 * generated there (mode 0600) by the first process that finds none. Processes that answer for one another need the same file.
 * Throws an Error that names the file and what is wrong with it.
 */
export const loadSigningKeys = async (options: { file?: string; dataFolder: string }): Promise<SigningKeys> => {
  const { file, content } = await readKeyFile({
    setting: 'KEYPLAN_SIGNING_KEYS',
    ...options,
    name: 'signing-keys.json',
    generate: generateKeySet,
  })
  return parseKeySet(file, content)
}
