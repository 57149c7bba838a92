import { constants, createPublicKey, type JsonWebKey, verify } from 'node:crypto'
import type { Signature } from 'fhir/r4.js'

type Algorithm = Readonly<{ key: string; hash: string | null; options: object }>

const P1363 = { dsaEncoding: 'ieee-p1363' }
const PSS = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
const EDWARDS: Algorithm = { key: 'ed25519', hash: null, options: {} }

/** The algorithms of RFC 7518 and 8037 with a public key, those that `$sign` takes; no symmetric one, and not `none`. */
const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  ...Object.fromEntries(
    ['256', '384', '512'].flatMap((bits): [string, Algorithm][] => [
      [`ES${bits}`, { key: 'ec', hash: `sha${bits}`, options: P1363 }],
      [`RS${bits}`, { key: 'rsa', hash: `sha${bits}`, options: {} }],
      [`PS${bits}`, { key: 'rsa', hash: `sha${bits}`, options: PSS }],
    ]),
  ),
  EdDSA: EDWARDS,
  Ed25519: EDWARDS,
}

type Header = Readonly<{ alg?: string; jwk?: JsonWebKey; crit?: unknown }>

const parts = (data: string): { header: Header; protectedHeader: string; signature: string } | undefined => {
  const jws = Buffer.from(data, 'base64').toString('latin1')
  const [, protectedHeader, signature] = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)$/.exec(jws) ?? []
  if (protectedHeader === undefined || signature === undefined) return undefined
  try {
    const header: unknown = JSON.parse(Buffer.from(protectedHeader, 'base64url').toString('utf8'))
    return typeof header === 'object' && header !== null ? { header, protectedHeader, signature } : undefined
  } catch {
    return undefined
  }
}

const isGood = (header: Header, input: string, signature: string): boolean => {
  const algorithm = ALGORITHMS[header.alg ?? '']
  if (algorithm === undefined || header.jwk === undefined || header.crit !== undefined) return false
  try {
    const key = createPublicKey({ key: header.jwk, format: 'jwk' })
    if (key.asymmetricKeyType !== algorithm.key) return false
    return verify(
      algorithm.hash,
      Buffer.from(input, 'utf8'),
      { key, ...algorithm.options },
      Buffer.from(signature, 'base64url'),
    )
  } catch {
    // A key that cannot be read verifies nothing.
    return false
  }
}

/**
 * Whether the digital signature in a FHIR Signature (a detached compact JWS, RFC 7515 Appendix F) is over this text: `good` or `bad` for one
 * that brings its key (`jwk`), `bad` too for data that is no such JWS, `unchecked` for one that names a key by `kid`, which only who has the
 * published keys can tell. `none` where there is no data, or the picture of a signature.
 */
export const embeddedSignature = (
  { data, sigFormat }: Signature,
  text: string,
): 'none' | 'good' | 'bad' | 'unchecked' => {
  if (data === undefined || sigFormat?.startsWith('image/') === true) return 'none'
  const found = parts(data)
  if (found === undefined) return 'bad'
  const { header, protectedHeader, signature } = found
  if (header.jwk === undefined && 'kid' in header) return 'unchecked'
  const payload = Buffer.from(text, 'utf8').toString('base64url')
  return isGood(header, `${protectedHeader}.${payload}`, signature) ? 'good' : 'bad'
}
