import { setTimeout as wait } from 'node:timers/promises'

/** A duty of the service that is done again and again. */
export type Repeated = Readonly<{
  start(): void
  /** Resolves when nothing is being done. */
  stop(): Promise<void>
}>

/**
 * Does `act` when it is started and again so many milliseconds after it has ended, until it is stopped. `failed` is told of an error; then it is tried
 * again like that.
 */
export const repeated = (
  milliseconds: number,
  act: () => Promise<void>,
  failed: (error: unknown) => void,
  stopping = new AbortController(),
): Repeated => {
  const { signal } = stopping
  let running: Promise<void> | undefined
  const loop = async (): Promise<void> => {
    while (!signal.aborted) {
      await act().catch(failed)
      await wait(milliseconds, undefined, { signal }).catch(() => {})
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
