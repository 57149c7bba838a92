import type { SystemCaller } from '../context.ts'
import type { Client } from './clients.ts'

/** What has been proven of an Authorization header. */
export type Verified = Readonly<{
  caller: SystemCaller
  /** The registration that the caller was made from. */
  client: Client
  /** The thumbprint of the certificate that it is bound to; undefined for a token that is bound to none. */
  boundTo: string | undefined
  /** Milliseconds since 1970. */
  expiresAt: number
}>

export type VerifiedTokens = Readonly<{
  /** What was proven of this very header, unless it has expired. */
  find(authorization: string): Verified | undefined
  add(authorization: string, verified: Verified): void
  remove(authorization: string): void
}>

/** Verified tokens until they expire, `limit` at most: then the ones that came first go, and are verified again when used. */
export const createVerifiedTokens = (limit: number, now: () => number): VerifiedTokens => {
  /** In the order in which they came, which is nearly that in which they expire. */
  const held = new Map<string, Verified>()
  return {
    find(authorization) {
      const verified = held.get(authorization)
      if (verified === undefined || verified.expiresAt > now()) return verified
      held.delete(authorization)
      return undefined
    },
    add(authorization, verified) {
      const moment = now()
      for (const [oldest, { expiresAt }] of held) {
        if (held.size < limit && expiresAt > moment) break
        held.delete(oldest)
      }
      held.set(authorization, verified)
    },
    remove(authorization) {
      held.delete(authorization)
    },
  }
}
