import type { Log } from '../log.ts'
import type { Records } from '../records/types.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'

/** A dispatcher that dies holds a delivery up for no longer than this. */
export const LEASE_SECONDS = 10
const KEEP_MS = 3_000

/** The leases that this process holds. */
export type Leases = Readonly<{
  /** Keeps a lease until it is let go; the signal says that it has passed to another all the same. */
  hold(delivery: LeasedDelivery): AbortSignal
  letGo(delivery: LeasedDelivery): void
  /** Ends every sending. */
  abort(): void
  stop(): void
}>

const keyOf = ({ recipient, patient }: LeasedDelivery): string => `${recipient} ${patient}`

/** Keeps all leases of this process alive with one statement every 3 s while there are any. */
export const createLeases = ({ records, log }: Readonly<{ records: Records; log: Log }>): Leases => {
  const held = new Map<string, { delivery: LeasedDelivery; lost: AbortController }>()
  let timer: NodeJS.Timeout | undefined

  const keep = async (): Promise<void> => {
    try {
      const asked = [...held.values()]
      const kept = await records.deliveries.keep(
        asked.map(({ delivery }) => delivery),
        LEASE_SECONDS,
      )
      asked.forEach(({ lost }, index) => {
        if (kept[index] === false) lost.abort()
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
      const lost = new AbortController()
      held.set(keyOf(delivery), { delivery, lost })
      if (timer === undefined) next()
      return lost.signal
    },
    letGo(delivery) {
      if (held.get(keyOf(delivery))?.delivery === delivery) held.delete(keyOf(delivery))
    },
    abort() {
      for (const { lost } of held.values()) lost.abort()
    },
    stop() {
      held.clear()
      clearTimeout(timer)
    },
  }
}
