/** The service's detached signatures (`auth/seal.ts`), as far as records need them. */
export type Seal = Readonly<{
  /** A detached compact JWS over this text, with the service's key. */
  sign(payload: string): Promise<string>
  /** Whether a detached compact JWS that brings its public key is a good one of this text. */
  verifyEmbedded(signature: string, payload: string): Promise<boolean>
  /** The thumbprint of the key that a good signature of this heartbeat brings; undefined where it is no good one. */
  heartbeatKey(signature: string, payload: string): Promise<string | undefined>
  /** The key that seals the audit log (`auth/audit-key.ts`). */
  audit: Readonly<{
    /** The public key that signs now, and all that are ours. */
    publicKey: string
    publicKeys: readonly string[]
    sign(text: string): string
    /** Whether this is the signature of the text by the key, whoever's that is. */
    isSignedBy(publicKey: string, text: string, signature: string): boolean
  }>
}>
