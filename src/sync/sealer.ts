import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import { Outdated } from '../store/database/errors.ts'

/** How often it is looked whether there is something to seal. */
const POLL_MS = 1_000
/** While there is more to seal than is sealed at once, it is gone on with after so long: who asks and who decides go before. */
const MORE_MS = 250
const LEASE_SECONDS = 10
/** The lease is taken anew while commits are waited for. */
const KEEP_MS = 3_000
/** How often it is looked whether the commits that were under way have ended. */
const COMMITS_MS = 20
/** So long a start waits for what was left unsealed before it: an alarm should not be the first to see that. */
const CATCH_UP_MS = 10_000
/** So often in a row another process may be quicker. */
const MOST_OUTDATED = 5
/** A failure that stays is said again after this long. */
const SAY_MS = 60_000

export type Sealer = Readonly<{
  /** Resolves when what was there before is sealed, or that takes too long to wait for. */
  start(): Promise<void>
  /** Gives the lease back; resolves when nothing is being sealed. */
  stop(): Promise<void>
}>

/**
 * Seals the audit log each second, in one of the processes: what is settled, so that no row can come to stand before one that is sealed
 * (docs/decisions/0013-audit-seal.md). One who adds a row waits for nothing here.
 */
export const createSealer = ({ records, log }: Readonly<{ records: Records; log: Log }>): Sealer => {
  const stopping = new AbortController()
  const { signal } = stopping
  const holder = crypto.randomUUID()
  let running: Promise<void> | undefined
  let saidAt = Number.NEGATIVE_INFINITY
  let outdated = 0
  /** Until when this process may have the lease, by its own clock. */
  let leaseUntil = 0

  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => {})

  const takeLease = async (): Promise<boolean> => {
    leaseUntil = performance.now() + LEASE_SECONDS * 1_000
    return records.auditSeal.takeLease(holder, LEASE_SECONDS)
  }

  /** Seals what is there; answers whether more is waiting. */
  const pass = async (): Promise<boolean> => {
    const { auditSeal } = records
    // Read before it is asked who is writing: a row that gets an id later is not among these.
    const state = await auditSeal.state()
    if (!auditSeal.isDue(state) || !(await takeLease())) return false
    const ended = await auditSeal.writersUnderWay()
    for (let keepAt = Date.now() + KEEP_MS; !(await ended()); await pause(COMMITS_MS)) {
      if (signal.aborted) return false
      if (Date.now() < keepAt) continue
      if (!(await takeLease())) return false
      keepAt = Date.now() + KEEP_MS
    }
    return auditSeal.seal(state)
  }

  const look = async (): Promise<boolean> => {
    try {
      const isMore = await pass()
      outdated = 0
      return isMore
    } catch (error) {
      if (signal.aborted) return false
      // Another process was quicker; or leaves stand where none can be, because somebody took the seal over them away.
      outdated = error instanceof Outdated ? outdated + 1 : 0
      if (outdated > 0 && outdated < MOST_OUTDATED) return false
      if (performance.now() - saidAt > SAY_MS)
        log.error({ err: error }, 'The audit log could not be sealed; trying again')
      saidAt = performance.now()
      return false
    }
  }

  /** Seals until nothing is waiting. */
  const catchUp = async (): Promise<void> => {
    while (!signal.aborted && (await look()));
  }

  const loop = async (): Promise<void> => {
    for (let isMore = false; !signal.aborted; isMore = await look()) await pause(isMore ? MORE_MS : POLL_MS)
  }

  return {
    async start() {
      const first = catchUp()
      running ??= first.then(loop)
      await Promise.race([first, pause(CATCH_UP_MS)])
    },
    async stop() {
      stopping.abort()
      await running
      // Otherwise the next one to start would wait for its end.
      if (performance.now() < leaseUntil) await records.auditSeal.releaseLease(holder).catch(() => {})
    },
  }
}
