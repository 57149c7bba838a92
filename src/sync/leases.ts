import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { LeasedDelivery } from '../store/sharing/deliveries.ts'
import { type Ending, end, openEnding, stopped } from './channels/exchange.ts'

/** A dispatcher that dies holds a delivery up for no longer than this. */
export const LEASE_SECONDS = 10
const KEEP_MS = 3_000

/** A lease that this process holds; `ending` says that it has passed to another all the same. */
export type Held = Readonly<{ delivery: LeasedDelivery; ending: Ending }>

/** The leases that this process holds. */
export type Leases = Readonly<{
  /** Keeps a lease until it is let go. */
  hold(delivery: LeasedDelivery): Held
  letGo(lease: Held): void
  /** Ends every sending. */
  abort(): void
  stop(): void
}>

/** Keeps all leases of this process alive with one statement every 3 s while there are any. */
export const createLeases = ({ records, log }: Readonly<{ records: Records; log: Log }>): Leases => {
  const held = new Set<Held>()
  let timer: NodeJS.Timeout | undefined

  const keep = async (): Promise<void> => {
    try {
      const asked = [...held]
      const kept = await records.deliveries.keep(
        asked.map(({ delivery }) => delivery),
        LEASE_SECONDS,
      )
      asked.forEach(({ ending }, index) => {
        if (kept[index] === false) end(ending, stopped())
      })
    } catch (error) {
      log.warn({ err: error, leases: held.size }, 'Leases could not be kept; trying again')
    }
  }

  const next = (): void => {
    timer = held.size === 0 ? undefined : setTimeout(() => void keep().finally(next), KEEP_MS)
  }

  return {
    hold(delivery) {
      const lease = { delivery, ending: openEnding() }
      held.add(lease)
      if (timer === undefined) next()
      return lease
    },
    letGo(lease) {
      held.delete(lease)
    },
    abort() {
      for (const { ending } of held) end(ending, stopped())
    },
    stop() {
      held.clear()
      clearTimeout(timer)
    },
  }
}
