import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { keysOf, readKeyFile } from './key-file.ts'

/** What the service seals its audit log with: Ed25519 (RFC 8032), held outside the database. */
export type AuditKey = Readonly<{
  /** The public key that signs now: 32 bytes in base64url, as `x` of a JWK has it (RFC 8037). */
  publicKey: string
  /** All public keys of the file: what other keys have signed is not ours. */
  publicKeys: readonly string[]
  /** The signature of this text in base64url. */
  sign(text: string): string
}>

/** So that a signature of this key means nothing anywhere else. */
const signedBytes = (text: string): Buffer => Buffer.from(`keyplan-audit-seal\n${text}`, 'utf8')

/** Whether this is the signature of the text by the key. False where one of the two is malformed. */
export const isSignedBy = (publicKey: string, text: string, signature: string): boolean => {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
    return verify(null, signedBytes(text), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

type Ed25519Jwk = Readonly<{ kty: 'OKP'; crv: 'Ed25519'; x: string; d?: string }>

const isEd25519 = (jwk: unknown): jwk is Ed25519Jwk =>
  typeof jwk === 'object' &&
  jwk !== null &&
  'kty' in jwk &&
  jwk.kty === 'OKP' &&
  'crv' in jwk &&
  jwk.crv === 'Ed25519' &&
  'x' in jwk &&
  typeof jwk.x === 'string' &&
  /^[A-Za-z0-9_-]{43}$/.test(jwk.x)

/** The key set that a file holds. The text is never quoted in an error: it is secret. */
const parseKeySet = (file: string, content: string): AuditKey => {
  const refuse = (what: string): Error =>
    new Error(
      `KEYPLAN_AUDIT_KEY: ${file} ${what}. Expected a JWK set {"keys": […]} of Ed25519 keys (RFC 8037), the first of them private.`,
    )
  const keys = keysOf(content, refuse)
  const wrong = keys.findIndex((jwk) => !isEd25519(jwk))
  if (wrong !== -1) throw refuse(`has at /keys/${wrong} something that is not an Ed25519 key`)
  const [first] = keys as [Ed25519Jwk]
  if (first.d === undefined) throw refuse('has at /keys/0 a key without its private member `d`, so it cannot sign')
  let privateKey: KeyObject
  try {
    privateKey = createPrivateKey({ key: { kty: 'OKP', crv: 'Ed25519', x: first.x, d: first.d }, format: 'jwk' })
  } catch {
    throw refuse('has at /keys/0 a private key that cannot be read')
  }
  const signText = (text: string): string => sign(null, signedBytes(text), privateKey).toString('base64url')
  if (!isSignedBy(first.x, '', signText(''))) throw refuse('has at /keys/0 two members, `x` and `d`, of different keys')
  return { publicKey: first.x, publicKeys: (keys as Ed25519Jwk[]).map(({ x }) => x), sign: signText }
}

/**
 * The key of the file that `KEYPLAN_AUDIT_KEY` names; without one, that of `audit-key.json` in the data folder, generated there (mode 0600)
 * by the first process that finds none. The first key signs; those that follow are earlier ones. Throws an Error that names the file and
 * what is wrong with it.
 */
export const loadAuditKey = async (options: { file?: string | undefined; dataFolder: string }): Promise<AuditKey> => {
  const { file, content } = await readKeyFile({
    setting: 'KEYPLAN_AUDIT_KEY',
    ...options,
    name: 'audit-key.json',
    generate: async () => {
      const { kty, crv, x, d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
      return `${JSON.stringify({ keys: [{ kty, crv, alg: 'EdDSA', use: 'sig', x, d }] }, null, 2)}\n`
    },
  })
  return parseKeySet(file, content)
}
