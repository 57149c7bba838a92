import type { Check, Violation } from './checker/checks.ts'
import type { Latencies } from './checker/latencies.ts'

/** One figure of a run, with what it must be. */
export type Figure = Readonly<{ name: string; value: string; target: string; holds: boolean }>

const CHECKS: readonly Readonly<{ check: Check; name: string }>[] = [
  { check: 'lost-withdrawal', name: 'withdrawals lost' },
  { check: 'went-back', name: 'recipients that went back' },
  { check: 'double-effect', name: 'effects that came twice' },
  { check: 'lost-write', name: 'acknowledged writes lost' },
  { check: 'not-the-truth', name: 'recipients unlike the truth after quiet' },
  { check: 'unlisted', name: 'in step as listed, and not in fact' },
]

/** How often each thing that must never be was found. */
export const never = (violations: readonly Violation[]): Figure[] =>
  CHECKS.map(({ check, name }) => {
    return atMostTimes(name, violations.filter((violation) => violation.check === check).length, 0)
  })

/** Something that may have been found so many times, and not more. */
export const atMostTimes = (name: string, times: number, most: number): Figure => ({
  name,
  value: String(times),
  target: String(most),
  holds: times <= most,
})

export const seconds = (milliseconds: number): string =>
  Number.isFinite(milliseconds) ? `${(milliseconds / 1_000).toFixed(2)} s` : 'never'

/** A time that must not be longer. Of nothing measured nothing holds. */
export const atMost = (name: string, milliseconds: number, targetSeconds: number, { count }: Latencies): Figure => ({
  name: `${name} (${count})`,
  value: seconds(milliseconds),
  target: `${targetSeconds} s`,
  holds: count > 0 && milliseconds <= targetSeconds * 1_000,
})

/** Something that must have happened, or the run has shown nothing. */
export const atLeast = (name: string, value: number, target: number): Figure => ({
  name,
  value: String(value),
  target: `at least ${target}`,
  holds: value >= target,
})
