import { CompactSign, compactVerify, EmbeddedJWK } from 'jose'
import { SIGNING_ALGORITHM, type SigningKeys } from './keys.ts'

/** So that nothing else that the same key signs passes for the signature of a plan, and the other way round (RFC 8725 section 3.11). */
const TYPE = 'keyplan-plan+jws'

/** Detached signatures over texts (RFC 7515, Appendix F): the compact form without its payload, `header..signature`. */
export type Seal = Readonly<{
  /** Signs with the service's newest key; the header names it by `kid`, as /auth/jwks shows it. */
  sign(payload: string): Promise<string>
  /** Whether a signature that brings its public key in its header (`jwk`) is a good one of this text. */
  verifyEmbedded(signature: string, payload: string): Promise<boolean>
}>

const encode = (payload: string): Uint8Array => new TextEncoder().encode(payload)
const DETACHED = /^([A-Za-z0-9_-]+)\.\.([A-Za-z0-9_-]+)$/
/** No symmetric algorithm, and not `none`: whoever made the signature alone could have made it. */
const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512']

export const createSeal = ({ kid, privateKey }: Pick<SigningKeys, 'kid' | 'privateKey'>): Seal => ({
  sign: async (payload) => {
    const signed = await new CompactSign(encode(payload))
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, kid, typ: TYPE })
      .sign(privateKey)
    const [header, , signature] = signed.split('.')
    return `${header}..${signature}`
  },
  verifyEmbedded: async (signature, payload) => {
    const [, header, signed] = DETACHED.exec(signature) ?? []
    if (header === undefined || signed === undefined) return false
    const body = Buffer.from(payload, 'utf8').toString('base64url')
    return compactVerify(`${header}.${body}.${signed}`, EmbeddedJWK, { algorithms: ALGORITHMS }).then(
      () => true,
      () => false,
    )
  },
})
