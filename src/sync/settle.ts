import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../log.ts'
import type { Records } from '../records/types.ts'
import { asService } from './as-service.ts'

/** How often it is looked whether the commits that were under way have ended. */
const COMMITS_MS = 20
/** Progress is said after so many. */
const STEPS = 20
/** After a failure, as of a database that is away. */
const AGAIN_MS = 2_000

/**
 * Looks at every person who is stored, in steps, after a recipient was registered or changed; each commit since then has already regarded
 * it. It may be stopped at any point, and is begun again at the next start; several processes may do it at once.
 */
export const settle = async (
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
