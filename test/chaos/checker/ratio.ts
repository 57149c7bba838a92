import { median } from '../../../bench/figures.ts'
import type { Random } from '../random.ts'
import { percentile } from './latencies.ts'

/** A median with the interval in which it lies with 95 % confidence. */
type Estimate = Readonly<{ median: number; low: number; high: number }>

/** A ratio with the interval in which it lies with the confidence that was asked for. */
export type Ratio = Readonly<{ value: number; low: number; high: number }>

const RESAMPLES = 2_000

/** The median of these values, and how sure that is: percentiles of the medians of samples drawn from them with replacement (bootstrap). */
export const medianWithInterval = (values: readonly number[], random: Random): Estimate => {
  const medians = Array.from({ length: RESAMPLES }, () => median(values.map(() => random.pick(values))))
  return { median: median(values), low: percentile(medians, 0.025), high: percentile(medians, 0.975) }
}

/**
 * The p99 of the values `during` to that of those `before`, each in groups of what was measured at about the same time, and how sure that is with this
 * `confidence`: groups are drawn with replacement, not values, for what else the machine does at a moment meets all values of that moment.
 */
export const ratioOfP99 = (
  before: readonly (readonly number[])[],
  during: readonly (readonly number[])[],
  { random, confidence }: Readonly<{ random: Random; confidence: number }>,
): Ratio => {
  const p99 = (groups: readonly (readonly number[])[]): number => percentile(groups.flat(), 0.99)
  const drawn = (groups: readonly (readonly number[])[]) => groups.map(() => random.pick(groups))
  const ratios = Array.from({ length: RESAMPLES }, () => p99(drawn(during)) / p99(drawn(before)))
  const beyond = (1 - confidence) / 2
  return {
    value: p99(during) / p99(before),
    low: percentile(ratios, beyond),
    high: percentile(ratios, 1 - beyond),
  }
}
