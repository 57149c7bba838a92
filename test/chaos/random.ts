/** Chance that can be repeated: the same seed gives the same numbers. */
export type Random = Readonly<{
  /** From 0 to below 1. */
  next(): number
  /** From `low` to below `high`. */
  between(low: number, high: number): number
  pick<Value>(values: readonly Value[]): Value
  /** Another source, with numbers of its own, that the use of this one does not change. */
  branch(): Random
}>

/** Mulberry32: 32 bits of state, good enough to choose what to break. */
export const createRandom = (seed: number): Random => {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    pick: (values) => {
      const value = values[Math.floor(next() * values.length)]
      if (value === undefined) throw new Error('There is nothing to pick from.')
      return value
    },
    branch: () => createRandom(Math.floor(next() * 2 ** 32)),
  }
}
