import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import type { Turn } from '../store/summaries/summaries.ts'
import { asService } from './as-service.ts'
import { delayAfter } from './backoff.ts'

/** How much later than its instant a turn is noticed, at most. */
const POLL_MS = 1_000
const PAGE = 50
/** So long a start waits for what passed while no service ran. */
const CATCH_UP_MS = 10_000

export type Timekeeper = Readonly<{
  /** Resolves when what passed before is caught up with, or that takes too long to wait for. */
  start(): Promise<void>
  /** Resolves when nothing is being derived. */
  stop(): Promise<void>
}>

/**
 * Derives anew whoever something else holds for because time has passed: a refusal, a proxy's powers, a decision about sharing that is over or
 * begins. The instants stand in the table, and it is polled, so what passed while no service ran is caught up with at the start. Any number of
 * processes do this at once without a lease: deriving twice writes once (see `records/summaries/rederive.ts`).
 */
export const createTimekeeper = ({ records, log }: { records: Records; log: Log }): Timekeeper => {
  const stopping = new AbortController()
  const { signal } = stopping
  /** Persons for whom it failed: how often in a row, and when to try again. */
  const failed = new Map<string, { attempts: number; again: number }>()
  let running: Promise<void> | undefined

  const derive = async (patient: string): Promise<void> => {
    if ((failed.get(patient)?.again ?? 0) > Date.now()) return
    try {
      await records.rederive(asService('timekeeper', 'administration'), [patient])
      failed.delete(patient)
    } catch (error) {
      const attempts = (failed.get(patient)?.attempts ?? 0) + 1
      failed.set(patient, { attempts, again: Date.now() + delayAfter(attempts, 'withdrawn') })
      log.warn({ err: error, attempts }, 'A person could not be derived anew; trying again')
    }
  }

  /** Goes once through everyone whose turn has come, past those for whom it fails. */
  const pass = async (): Promise<void> => {
    const now = new Date()
    let after: Turn | undefined
    do {
      const turns = await records.turns({ now, most: PAGE, after })
      for (const { patient } of turns) {
        if (signal.aborted) return
        await derive(patient)
      }
      after = turns.length < PAGE ? undefined : turns.at(-1)
    } while (after !== undefined)
  }

  const look = (): Promise<void> =>
    pass().catch((error: unknown) => log.warn({ err: error }, 'It could not be read whose turn has come; trying again'))

  const pause = (milliseconds: number): Promise<void> => wait(milliseconds, undefined, { signal }).catch(() => {})

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await pause(POLL_MS)
      await look()
    }
  }

  return {
    async start() {
      const first = look()
      running ??= first.then(loop)
      await Promise.race([first, pause(CATCH_UP_MS)])
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
