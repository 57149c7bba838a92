import { type CryptoKey, calculateJwkThumbprint, importJWK, type JWK } from 'jose'
import { algorithmOf, type ClientAlgorithm } from './registration.ts'

export type ClientKey = Readonly<{
  /** The one algorithm that this key is used with. */
  algorithm: ClientAlgorithm
  key: CryptoKey
  /** RFC 7638, SHA-256, base64url. */
  thumbprint: string
}>

/** By `kid`. */
export type ClientKeys = ReadonlyMap<string, ClientKey>

const MINIMUM_RSA_BITS = 2048

const importKey = async (jwk: JWK, algorithms: readonly ClientAlgorithm[]): Promise<ClientKey | string> => {
  const algorithm = algorithmOf(jwk)
  if (algorithm === undefined) return 'must be on the curve P-384 (ES384), or an RSA key (RS384)'
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return `says ${jwk.alg}, but is a key for ${algorithm}`
  if (!algorithms.includes(algorithm))
    return `is a key for ${algorithm}, which is not among the algorithms of this client`
  try {
    const key = (await importJWK(jwk, algorithm)) as CryptoKey
    const { modulusLength } = key.algorithm as { modulusLength?: number }
    if (modulusLength !== undefined && modulusLength < MINIMUM_RSA_BITS)
      return `has ${modulusLength} bits, and at least ${MINIMUM_RSA_BITS} are needed`
    return { algorithm, key, thumbprint: await calculateJwkThumbprint(jwk) }
  } catch {
    return 'cannot be read as a public key (RFC 7518 section 6)'
  }
}

/** The keys of a JWK set that a client may sign with, and what is wrong with the others: the position in the set and why. */
export const importKeys = async (
  jwks: readonly (JWK & { kid: string })[],
  algorithms: readonly ClientAlgorithm[],
): Promise<Readonly<{ keys: ClientKeys; findings: readonly string[] }>> => {
  const keys = new Map<string, ClientKey>()
  const findings: string[] = []
  for (const [index, jwk] of jwks.entries()) {
    const key = await importKey(jwk, algorithms)
    if (typeof key === 'string') findings.push(`/keys/${index} ${key}`)
    else if (keys.has(jwk.kid)) findings.push(`/keys/${index}/kid stands there twice`)
    else keys.set(jwk.kid, key)
  }
  return { keys, findings }
}
