import { setTimeout as wait } from 'node:timers/promises'
import type { Log } from '../../log.ts'
import type { Sessions } from './sessions.ts'

/** How long after its time the end of a session is on record, at most. */
const EACH_MS = 5_000

export type SessionEnds = Readonly<{
  start(): void
  /** Resolves when nothing is being put away. */
  stop(): Promise<void>
}>

/** Puts the end of sessions on record when their time is over, whoever signs in next and whether anybody does. Any number of processes do this at once. */
export const createSessionEnds = ({ sessions, log }: { sessions: Sessions; log: Pick<Log, 'warn'> }): SessionEnds => {
  const stopping = new AbortController()
  const { signal } = stopping
  let running: Promise<void> | undefined

  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await sessions
        .putAway()
        .catch((error: unknown) =>
          log.warn({ err: error }, 'Sessions that are over could not be put away; trying again'),
        )
      await wait(EACH_MS, undefined, { signal }).catch(() => {})
    }
  }

  return {
    start() {
      running ??= loop()
    },
    async stop() {
      stopping.abort()
      await running
    },
  }
}
