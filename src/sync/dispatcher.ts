import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { Recipient } from '../store/sharing/recipients.ts'
import type { Access } from './channels/channel.ts'
import { CHANNELS } from './channels/index.ts'
import { createLeases } from './leases.ts'
import { createServing, type Serving } from './serving.ts'

/** So often what is due is looked up at least, whatever hints came or were lost. */
const POLL_MS = 5_000
/** And so often at most. */
const SPACE_MS = 200
/** At shutdown, what is being sent has this long to end by itself. */
const GRACE_MS = 3_000

export type Dispatcher = Readonly<{
  /** Listens for hints that deliveries are due. */
  start(): void
  /** Starts closing the difference between what this recipient should hold and what it has confirmed. */
  serve(recipient: Recipient, access: Access): void
  /** Ends what is under way, gives leases back, and resolves when nothing is being sent. */
  stop(): Promise<void>
}>

/**
 * The dispatcher (architecture, idea 5; docs/decisions/0009-sharing.md): leases what is due, sends the newest state, and records what was
 * confirmed. The tables are the truth and are looked at; a notification only makes the next look come sooner. So a crash, a restart, a lost
 * notification or a recipient that was away change when a state arrives, never whether, and never bring back an old one.
 */
export const createDispatcher = ({ records, log }: Readonly<{ records: Records; log: Log }>): Dispatcher => {
  const leases = createLeases({ records, log })
  const servings = new Map<string, Serving>()
  const stopped = new AbortController()
  let unlisten: (() => Promise<void>) | undefined
  let timer: NodeJS.Timeout | undefined
  let nextLookAt = Number.POSITIVE_INFINITY
  let lookedAt = 0
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    nextLookAt = Number.POSITIVE_INFINITY
    lookedAt = performance.now()
    let next = POLL_MS
    try {
      for (const due of await records.deliveries.due([...servings.keys()]))
        next = Math.min(next, servings.get(due.recipient)?.act(due) ?? POLL_MS)
    } catch (error) {
      log.warn({ err: error }, 'What is due could not be looked up; trying again')
    }
    lookIn(next)
  }

  /** The soonest look that anybody asks for is made; looks keep a distance. */
  const lookIn = (milliseconds: number): void => {
    if (stopped.signal.aborted) return
    const now = performance.now()
    const at = Math.max(now + milliseconds, lookedAt + SPACE_MS)
    if (at >= nextLookAt) return
    nextLookAt = at
    clearTimeout(timer)
    timer = setTimeout(() => {
      looking = look()
    }, at - now)
  }

  /** A hint names a state and recipients, or all of them: `withdrawn gp,ambulance`, `current *`. */
  const hear = (hint: string): void => {
    const [state, named = ''] = hint.split(' ')
    if (state !== 'withdrawn' && state !== 'current') return
    for (const id of named === '*' ? servings.keys() : named.split(',')) servings.get(id)?.wake(state)
  }

  return {
    start() {
      unlisten = records.onDeliveriesDue(hear)
    },
    serve(recipient, access) {
      const openChannel = CHANNELS[recipient.channel]
      if (openChannel === undefined)
        throw new Error(
          `Recipient ${recipient.id} has the channel "${recipient.channel}"; there is ${Object.keys(CHANNELS).join(', ')}.`,
        )
      const open: Parameters<typeof createServing>[0]['open'] = (options) => openChannel(recipient, access, options)
      servings.set(recipient.id, createServing({ records, log, leases, recipient: recipient.id, open, lookIn }))
      lookIn(0)
    },
    async stop() {
      stopped.abort()
      clearTimeout(timer)
      const impatience = setTimeout(leases.abort, GRACE_MS)
      await unlisten?.()
      await Promise.all([looking, ...[...servings.values()].map((serving) => serving.stop())])
      clearTimeout(impatience)
      leases.stop()
    },
  }
}
