import type { LeasedDelivery } from '../../store/deliveries.ts'
import type { Recipient } from '../../store/recipients.ts'

/** What came of one sending. */
export type SendResult = Readonly<
  | {
      /** The recipient named what it stored: this epoch and sequence. */ kind: 'confirmed' /** Its own version, for the next If-Match. */
      version: string | null
    }
  | {
      kind: 'failed'
      /** For operators: what happened, without personal data. */
      error: string
      retryAfterMs?: number
      /** What the recipient holds according to itself, where that became known: the next attempt goes out at once, against this version. */
      holds?: string | null
    }
>

/** A way of bringing one recipient into the wanted state. Never throws for what a recipient does. */
export type Channel = Readonly<{
  send(delivery: LeasedDelivery, signal: AbortSignal): Promise<SendResult>
}>

/** What a channel needs to sign in at a recipient, beside the address. */
export type Access = Readonly<{ token(): Promise<string>; forget(): void }>

export type OpenChannel = (recipient: Recipient, access: Access) => Channel
