import { setTimeout as wait } from 'node:timers/promises'

/** Reads until what was read is as wanted, for so many seconds; answers it. Throws with the last that was read. */
export const until = async <Value>(
  read: () => Value | Promise<Value>,
  wanted: (value: Value) => boolean,
  seconds = 30,
): Promise<Value> => {
  for (const deadline = Date.now() + seconds * 1_000; ; await wait(50)) {
    const value = await read()
    if (wanted(value)) return value
    if (Date.now() > deadline) throw new Error(`Still ${JSON.stringify(value)} after ${seconds} s.`)
  }
}
