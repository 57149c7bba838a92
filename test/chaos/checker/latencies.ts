import type { Observation, Write } from '../facts.ts'

/** How long something took, in milliseconds; NaN where there was nothing. */
export type Latencies = Readonly<{ count: number; p50: number; p99: number; most: number }>

/** The least value that is not below this part of the values. */
export const percentile = (values: readonly number[], part: number): number => {
  const sorted = Float64Array.from(values).sort()
  return sorted[Math.max(0, Math.ceil(sorted.length * part) - 1)] ?? Number.NaN
}

export const latencies = (values: readonly number[]): Latencies => ({
  count: values.length,
  p50: percentile(values, 0.5),
  p99: percentile(values, 0.99),
  most: values.length === 0 ? Number.NaN : Math.max(...values),
})

/**
 * Milliseconds from when the author sent a withdrawal (which is before its commit) until KeyPlan had recorded the acknowledgement of every
 * recipient; infinite where the last look still found one of them without.
 */
export const untilAcknowledged = ({ sent }: Write, { recipients }: Observation, recipientCount: number): number =>
  recipients.length === recipientCount &&
  recipients.every(({ inStep, wanted }) => inStep && wanted.state === 'withdrawn')
    ? Math.max(...recipients.map(({ confirmed }) => confirmed?.since ?? Number.POSITIVE_INFINITY)) - sent
    : Number.POSITIVE_INFINITY
