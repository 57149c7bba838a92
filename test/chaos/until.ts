import { setTimeout as wait } from 'node:timers/promises'

/** Resolves with the first value that is not undefined; throws, and says what it waited for, where none comes in time. */
export const until = async <Value>(
  what: string,
  seconds: number,
  look: () => Promise<Value | undefined> | Value | undefined,
  everyMs = 100,
): Promise<Value> => {
  for (const deadline = Date.now() + seconds * 1_000; ; await wait(everyMs)) {
    const value = await look()
    if (value !== undefined) return value
    if (Date.now() > deadline) throw new Error(`${what}: not within ${seconds} s.`)
  }
}
