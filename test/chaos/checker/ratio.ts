import { median } from '../../../bench/figures.ts'
import type { Random } from '../random.ts'
import { percentile } from './latencies.ts'

/** A median with the interval in which it lies with 95 % confidence. */
type Estimate = Readonly<{ median: number; low: number; high: number }>

const RESAMPLES = 2_000

/** The median of these values, and how sure that is: percentiles of the medians of samples drawn from them with replacement (bootstrap). */
export const medianWithInterval = (values: readonly number[], random: Random): Estimate => {
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(() => random.pick(values))))
  return { median: median(values), low: percentile(medians, 0.025), high: percentile(medians, 0.975) }
}
