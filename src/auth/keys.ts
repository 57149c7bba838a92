import { stat } from 'node:fs/promises'
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'
import type { Log } from '../log.ts'
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

/** The keys as they are now: those of the file whenever it has changed. */
export type CurrentKeys = () => Promise<SigningKeys>

/** A new private key, named by its thumbprint. */
export const generateSigningKey = async (): Promise<JWK & { kid: string }> => {
  const { privateKey } = await generateKeyPair(SIGNING_ALGORITHM, { extractable: true })
  const jwk = await exportJWK(privateKey)
  return { kid: await calculateJwkThumbprint(jwk), alg: SIGNING_ALGORITHM, use: 'sig', ...jwk }
}

export const keySetText = (keys: readonly unknown[]): string => `${JSON.stringify({ keys }, null, 2)}\n`

type Es384Jwk = JWK & { kty: 'EC'; crv: 'P-384'; x: string; y: string; d?: string }

const isEs384 = (jwk: unknown): jwk is Es384Jwk =>
  typeof jwk === 'object' && jwk !== null && 'kty' in jwk && jwk.kty === 'EC' && 'crv' in jwk && jwk.crv === 'P-384'

/** The key set that a file holds. The text is never quoted in an error: it is secret. */
export const parseKeySet = async (file: string, content: string): Promise<SigningKeys> => {
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

type KeyFile = Readonly<{ file?: string; dataFolder: string }>

const read = (options: KeyFile): Promise<{ file: string; content: string }> =>
  readKeyFile({
    setting: 'KEYPLAN_SIGNING_KEYS',
    ...options,
    name: 'signing-keys.json',
    generate: async () => keySetText([await generateSigningKey()]),
  })

/**
 * The signing keys of the file that `KEYPLAN_SIGNING_KEYS` names; without one, those of `signing-keys.json` in the data folder,
 * generated there (mode 0600) by the first process that finds none. Processes that answer for one another need the same file.
 * Throws an Error that names the file and what is wrong with it.
 */
export const loadSigningKeys = async (options: KeyFile): Promise<SigningKeys> => {
  const { file, content } = await read(options)
  return parseKeySet(file, content)
}

/** Which state of a file this is; undefined where it cannot be told. */
const stateOf = async (file: string): Promise<string | undefined> => {
  const found = await stat(file, { bigint: true }).catch(() => undefined)
  return found && [found.ino, found.size, found.mtimeNs].join()
}

/**
 * The same, read again when the file has changed, so that keys are changed without a restart (`keyplan keys`). What a changed file lacks or has
 * wrong is logged, and the keys stay as they were: a slip of an editor must not keep everybody out.
 */
export const openSigningKeys = async (
  options: KeyFile & { log: Pick<Log, 'info' | 'error'> },
): Promise<CurrentKeys> => {
  const { log, ...where } = options
  const { file } = await read(where)
  // Looked at before the keys are read: what is written in between is another state.
  let state = await stateOf(file)
  let current = await loadSigningKeys({ ...where, file })
  let reading: Promise<void> | undefined

  const readAgain = async (seen: string | undefined): Promise<void> => {
    state = seen
    try {
      current = await loadSigningKeys({ ...where, file })
      log.info({ kids: [...current.publicKeys.keys()] }, 'The signing keys have been read again')
    } catch (error) {
      log.error({ err: error }, 'The file of signing keys has changed and cannot be used; the keys stay as they were')
    }
  }

  return async () => {
    const seen = await stateOf(file)
    if (seen !== state)
      reading ??= readAgain(seen).finally(() => {
        reading = undefined
      })
    await reading
    return current
  }
}
