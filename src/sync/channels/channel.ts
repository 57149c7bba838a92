import type { LeasedDelivery } from '../../store/sharing/deliveries.ts'
import type { Recipient } from '../../store/sharing/recipients.ts'
import type { Ending } from './exchange.ts'

/** What came of one sending. */
export type SendResult = Readonly<
  | {
      /** The recipient named what it stored: this state, epoch and sequence. */
      kind: 'confirmed'
      /** Its own version, for the next If-Match; empty where it has none. */
      version: string
    }
  | {
      kind: 'failed'
      /** For operators: what happened, without personal data. */
      error: string
      /**
       * `recipient`: it was not there, or could take nothing from anybody. `document`: it refuses this one, and will again. `order`: neither;
       * it answers, and what it holds is not known to be what was sent.
       */
      fault: 'recipient' | 'document' | 'order'
      /** It answered with success, whatever it then holds. */
      received?: boolean
      retryAfterMs?: number
      /** Its own version of what it holds according to itself (null: nothing), where that became known: the next attempt goes out at once, against this. */
      holds?: string | null
    }
>

/** A way of bringing one recipient into the wanted state. Never throws for what a recipient does. */
export type Channel = Readonly<{
  /** Signs in where that is needed, so that a sending that follows need not wait for it. */
  ready(): Promise<void>
  /**
   * `ending` ends it: the result is then of no use to anyone. `isFresh` is asked last before anything leaves; where it says no, as after
   * signing in took seconds, nothing is sent (`stale`).
   */
  send(delivery: LeasedDelivery, ending: Ending, isFresh: () => boolean): Promise<SendResult | { kind: 'stale' }>
  close(): void
}>

/** What a channel needs to sign in at a recipient, beside the address. */
export type Access = Readonly<{ token(): Promise<string>; forget(): void }>

/** Opens a channel with at most so many `connections` of its own. */
export type OpenChannel = (
  recipient: Pick<Recipient, 'address'>,
  access: Access,
  options: Readonly<{ connections: number }>,
) => Channel
