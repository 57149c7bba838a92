/**
 * Runs what has the same key one after the other, in the order in which it came, each whether or not the one before failed. Of this process alone:
 * it keeps apart those who would only stand in each other's way, and nothing relies on it.
 */
export const turns = (): (<Result>(key: string, act: () => Promise<Result>) => Promise<Result>) => {
  const last = new Map<string, Promise<unknown>>()
  return async (key, act) => {
    const mine = (last.get(key) ?? Promise.resolve()).then(act)
    const ended = mine.catch(() => undefined)
    last.set(key, ended)
    try {
      return await mine
    } finally {
      if (last.get(key) === ended) last.delete(key)
    }
  }
}
