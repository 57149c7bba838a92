import type { RequestContext } from '../context.ts'
import type { Log } from '../log.ts'
import type { Records } from '../records/types.ts'
import type { LeasedDelivery, SummaryState } from '../store/deliveries.ts'
import type { Recipient } from '../store/recipients.ts'
import { delayAfter } from './backoff.ts'
import type { Access, Channel } from './channels/channel.ts'
import { CHANNELS } from './channels/index.ts'
import { settle } from './settle.ts'

/** A lease outlives a sending, with its timeout of 8 s; a dispatcher that dies holds a delivery up for no longer than this. */
const LEASE_SECONDS = 12
const POLL_MS = 1_000
/** At shutdown, what is being sent has this long to end by itself. */
const GRACE_MS = 3_000
/** Sendings under way to one recipient; a slow one takes nobody else's place. */
const PARALLEL = 4

export type Dispatcher = Readonly<{
  /** Listens for hints that deliveries are due. */
  start(): void
  /** Starts closing the difference between what this recipient should hold and what it has confirmed. */
  serve(recipient: Recipient, access: Access): void
  /** Begins to look at everybody, after a recipient was registered or changed. */
  settle(recipient: string): void
  /** Ends what is under way, gives leases back, and resolves when nothing is being sent. */
  stop(): Promise<void>
}>

/**
 * The dispatcher (architecture, idea 5): for each recipient a loop that leases what is due, sends the newest state, and records what was
 * confirmed. The tables are the truth and are polled; a notification only makes the next look come sooner. So a crash, a restart, a lost
 * notification or a recipient that was away change when a state arrives, never whether, and never bring back an old one.
 */
export const createDispatcher = ({ records, log }: { records: Records; log: Log }): Dispatcher => {
  let stopping = false
  const stop = new AbortController()
  const abort = new AbortController()
  const wakers = new Set<() => void>()
  const loops: Promise<void>[] = []
  let unlisten: (() => Promise<void>) | undefined

  return {
    start() {
      unlisten = records.onDeliveriesDue(() => {
        for (const wake of wakers) wake()
      })
    },
    serve(recipient, access) {
      const open = CHANNELS[recipient.channel]
      if (open === undefined)
        throw new Error(
          `Recipient ${recipient.id} has the channel "${recipient.channel}"; there is ${Object.keys(CHANNELS).join(', ')}.`,
        )
      const channel = open(recipient, access)
      // Withdrawals have a lane of their own: no content that is slow to send can hold them up.
      for (const lane of ['withdrawn', 'current'] as const) {
        const waker = createWaker()
        wakers.add(waker.wake)
        loops.push(
          loop({ records, recipient, lane, channel, log, waker, stopping: () => stopping, signal: abort.signal }),
        )
      }
    },
    settle(recipient) {
      loops.push(settle({ records, log, signal: stop.signal }, recipient))
    },
    async stop() {
      stopping = true
      stop.abort()
      const impatience = setTimeout(() => abort.abort(), GRACE_MS)
      for (const wake of wakers) wake()
      await Promise.all(loops)
      clearTimeout(impatience)
      await unlisten?.()
    },
  }
}

type Loop = Readonly<{
  records: Records
  recipient: Recipient
  lane: SummaryState
  channel: Channel
  log: Log
  waker: ReturnType<typeof createWaker>
  stopping: () => boolean
  signal: AbortSignal
}>

const loop = async ({ records, recipient, lane, channel, log, waker, stopping, signal }: Loop): Promise<void> => {
  while (!stopping()) {
    let sent = 0
    try {
      const leased = await records.deliveries.lease(context(), {
        recipient: recipient.id,
        lane,
        most: PARALLEL,
        seconds: LEASE_SECONDS,
      })
      sent = leased.length
      await Promise.all(leased.map((delivery) => deliver({ records, channel, log, signal }, delivery)))
    } catch (error) {
      log.warn({ err: error, recipient: recipient.id }, 'Deliveries could not be read; trying again')
    }
    if (sent === 0) await waker.sleep(POLL_MS)
  }
}

const deliver = async (
  { records, channel, log, signal }: Pick<Loop, 'records' | 'channel' | 'log' | 'signal'>,
  delivery: LeasedDelivery,
): Promise<void> => {
  const { recipient, state, sequence, attempts } = delivery
  const result = await channel.send(delivery, signal)
  if (result.kind === 'confirmed') {
    if ((await records.deliveries.confirm([{ ...delivery, version: result.version }])) === 1)
      log.info({ recipient, state, sequence }, 'Delivered')
    return
  }
  if (signal.aborted) {
    await records.deliveries.release([delivery])
    return
  }
  log.warn({ recipient, state, sequence, attempts, reason: result.error }, 'Not delivered; trying again')
  await records.deliveries.postpone([
    {
      ...delivery,
      error: result.error,
      received: false,
      refused: false,
      // What the recipient holds is known now: the next attempt is against that, and need not wait, but for a recipient that changes its mind.
      delayMs: result.holds !== undefined && attempts < 3 ? 0 : delayAfter(attempts, state, result.retryAfterMs),
      ...(result.holds === undefined ? {} : { version: result.holds }),
    },
  ])
}

const context = (): RequestContext => ({
  requestId: crypto.randomUUID(),
  caller: { kind: 'internal', task: 'dispatcher' },
  purpose: 'sharing',
  now: new Date(),
})

/** A sleep that can be ended early; a wake-up that comes while nobody sleeps ends the next sleep at once. */
const createWaker = () => {
  let awake: (() => void) | undefined
  let pending = false
  return {
    wake: (): void => {
      if (awake === undefined) pending = true
      else awake()
    },
    sleep: (milliseconds: number): Promise<void> => {
      if (pending) {
        pending = false
        return Promise.resolve()
      }
      return new Promise((resolve) => {
        const end = (): void => {
          clearTimeout(timer)
          awake = undefined
          resolve()
        }
        const timer = setTimeout(end, milliseconds)
        awake = end
      })
    },
  }
}
