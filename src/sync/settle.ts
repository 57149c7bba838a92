import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Records } from '../records/door.ts'
import { asService } from './as-service.ts'
import { repeated } from './repeated.ts'

/** How often it is looked whether everybody has to be looked at for a recipient. */
const LOOK_MS = 5_000
/** How often it is looked whether the commits that were under way have ended. */
const COMMITS_MS = 20
/** Progress is said after so many. */
const STEPS = 20
/** After a failure, as of a database that is away. */
const AGAIN_MS = 2_000

export type Settling = Readonly<{
  /** From now on everybody is looked at for this recipient whenever that is due. */
  serve(recipient: string): void
  start(): void
  /** Resolves when nobody is being looked at. */
  stop(): Promise<void>
}>

/** Looks at everybody for the recipients for which that is due: the table says so, whatever made it so, and in whichever process. */
export const createSettling = ({ records, log }: Readonly<{ records: Records; log: Log }>): Settling => {
  const stopping = new AbortController()
  const { signal } = stopping
  const served = new Set<string>()
  const running = new Map<string, Promise<void>>()

  const look = async (): Promise<void> => {
    for (const id of await records.recipients.unsettled([...served])) {
      if (running.has(id)) continue
      running.set(
        id,
        settle({ records, log, signal }, id).finally(() => running.delete(id)),
      )
    }
  }

  const looking = repeated(
    LOOK_MS,
    look,
    (error) =>
      log.warn({ err: error }, 'It could not be read for which recipients everybody has to be looked at; trying again'),
    stopping,
  )

  return {
    serve(recipient) {
      served.add(recipient)
    },
    start: looking.start,
    async stop() {
      await looking.stop()
      await Promise.all(running.values())
    },
  }
}

/**
 * Looks at every person who is stored, in steps, after what has changed of a recipient, or of an organisation that is somebody's practice; each commit since then
 * has already regarded it. It may be stopped at any point, and is begun again at the next start; several processes may do it at once.
 */
const settle = async (
  { records, log, signal }: Readonly<{ records: Records; log: Log; signal: AbortSignal }>,
  recipient: string,
): Promise<void> => {
  let steps = 0
  const total = { lookedAt: 0, wanted: 0, withdrawn: 0, again: 0, failed: 0 }
  while (!signal.aborted) {
    try {
      const ended = await records.recipients.commitsUnderWay()
      while (!signal.aborted && !(await ended())) await wait(COMMITS_MS)
      if (signal.aborted) return
      // Another process may have looked already, while they were under way.
      await records.recipients.unsettle(recipient)
      while (!signal.aborted) {
        const step = await records.recipients.settle(
          asService('registration of recipients', 'administration'),
          recipient,
        )
        if (step === undefined) {
          log.info({ recipient, ...total }, 'Everybody has been looked at for the recipient as it now is')
          return
        }
        total.lookedAt += step.lookedAt
        total.wanted += step.wanted
        total.withdrawn += step.withdrawn
        total.again += step.again.length
        total.failed += step.failed
        if (step.failed > 0)
          log.warn(
            { recipient, failed: step.failed },
            'Persons could not be derived again: the recipient is to hold their summaries and does not',
          )
        if (++steps % STEPS === 0)
          log.info({ recipient, ...total }, 'Looking at everybody for the recipient as it now is')
      }
    } catch (error) {
      log.warn({ err: error, recipient }, 'Persons could not be looked at for the recipient; trying again')
      await wait(AGAIN_MS, undefined, { signal }).catch(() => {})
    }
  }
}
