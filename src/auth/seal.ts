import { type CompactJWSHeaderParameters, CompactSign, calculateJwkThumbprint, compactVerify, EmbeddedJWK } from 'jose'
import { type AuditKey, isSignedBy } from './audit-key.ts'
import { type CurrentKeys, SIGNING_ALGORITHM, type SigningKeys } from './keys.ts'

/** So that nothing else that the same key signs passes for the signature of a plan, and the other way round (RFC 8725 section 3.11). */
const TYPE = { plan: 'keyplan-plan+jws', heartbeat: 'keyplan-heartbeat+jws' } as const

/** Detached signatures over texts (RFC 7515, Appendix F): the compact form without its payload, `header..signature`. */
export type Seal = Readonly<{
  /** Signs with the service's newest key; the header names it by `kid`, as /auth/jwks shows it. */
  sign(payload: string): Promise<string>
  /** Whether a signature that brings its public key in its header (`jwk`) is a good one of this text. */
  verifyEmbedded(signature: string, payload: string): Promise<boolean>
  /** Signs a heartbeat with the service's newest key, which the header brings (`jwk`) and names (`kid`). */
  signHeartbeat(payload: string): Promise<string>
  /** The thumbprint (RFC 7638) of the key that a good signature of this heartbeat brings; undefined where it is no good one. */
  heartbeatKey(signature: string, payload: string): Promise<string | undefined>
  /** The thumbprints of the published keys, the newest first. */
  thumbprints(): Promise<readonly string[]>
  /** Seals the audit log, with a key of its own. */
  audit: AuditKey & Readonly<{ isSignedBy: typeof isSignedBy }>
}>

const encode = (payload: string): Uint8Array => new TextEncoder().encode(payload)
const DETACHED = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)$/
/** No symmetric algorithm, and not `none`: whoever made the signature alone could have made it. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']

/** The header of a good signature of this text by the key that it brings; undefined where it is no good one. */
const verified = async (
  signature: string,
  payload: string,
  algorithms: string[],
): Promise<CompactJWSHeaderParameters | undefined> => {
  const [, header, signed] = DETACHED.exec(signature) ?? []
  if (header === undefined || signed === undefined) return undefined
  const body = Buffer.from(payload, 'utf8').toString('base64url')
  return compactVerify(`${header}.${body}.${signed}`, EmbeddedJWK, { algorithms }).then(
    ({ protectedHeader }) => protectedHeader,
    () => undefined,
  )
}

export const createSeal = (keys: CurrentKeys, auditKey: AuditKey): Seal => {
  const signed = async (
    { kid, privateKey }: SigningKeys,
    payload: string,
    header: { typ: string; jwk?: object },
  ): Promise<string> => {
    const compact = await new CompactSign(encode(payload))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, ...header })
      .sign(privateKey)
    const [protectedHeader, , signature] = compact.split('.')
    return `${protectedHeader}..${signature}`
  }
  return {
    sign: async (payload) => signed(await keys(), payload, { typ: TYPE.plan }),
    verifyEmbedded: async (signature, payload) => (await verified(signature, payload, ALGORITHMS)) !== undefined,
    signHeartbeat: async (payload) => {
      const current = await keys()
      const { kty, crv, x, y } = current.jwks.keys[0] ?? {}
      return signed(current, payload, { typ: TYPE.heartbeat, jwk: { kty, crv, x, y } })
    },
    heartbeatKey: async (signature, payload) => {
      const header = await verified(signature, payload, [SIGNING_ALGORITHM])
      return header?.typ === TYPE.heartbeat && header.jwk !== undefined ? calculateJwkThumbprint(header.jwk) : undefined
    },
    audit: { ...auditKey, isSignedBy },
    thumbprints: async () => Promise.all((await keys()).jwks.keys.map((key) => calculateJwkThumbprint(key))),
  }
}
