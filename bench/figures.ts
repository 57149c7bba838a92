/** The value in the middle, or the mean of the two in the middle. */
export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) throw new Error('There is no median of no values.')
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2
}

/** The least value that is not below this part of the sorted ones. */
export const percentile = (sorted: readonly number[], part: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN

/** What one round of load measured. Latencies in milliseconds. */
export type Measured = Readonly<{ perSecond: number; p50: number; p99: number }>

/** One turn of each, the one right after the other, so that what else the machine was doing met both. */
export type Round = Readonly<{ keyplan: Measured; floor: Measured }>

export type Summary = Readonly<{
  keyplan: Measured
  floor: Measured
  /** KeyPlan's throughput to the floor's of the same round: median, lowest and highest. */
  ratio: Readonly<{ median: number; lowest: number; highest: number }>
}>

/** Medians over the rounds. */
export const summarize = (rounds: readonly Round[]): Summary => {
  const of = (side: keyof Round): Measured => ({
    perSecond: median(rounds.map((round) => round[side].perSecond)),
    p50: median(rounds.map((round) => round[side].p50)),
    p99: median(rounds.map((round) => round[side].p99)),
  })
  const ratios = rounds.map(({ keyplan, floor }) => keyplan.perSecond / floor.perSecond)
  return {
    keyplan: of('keyplan'),
    floor: of('floor'),
    ratio: { median: median(ratios), lowest: Math.min(...ratios), highest: Math.max(...ratios) },
  }
}
