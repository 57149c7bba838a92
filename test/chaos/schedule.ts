import { FAULTS, type Fault } from './proxy/faults.ts'
import type { Random } from './random.ts'

/** What is broken, when, in milliseconds from the beginning, and for how long it stays broken. */
export type Disturbance = Readonly<{ at: number; lasts: number; target: number }> &
  Readonly<
    | { do: 'kill'; what: 'keyplan' | 'recipient' | 'backend' | 'database' }
    | { do: 'pause' }
    | { do: 'fault'; fault: Fault }
  >

/** Of a hundred kills. */
const KILLS = [
  { what: 'keyplan', of: 45, lasts: 2_000 },
  { what: 'recipient', of: 35, lasts: 5_000 },
  { what: 'backend', of: 10, lasts: 0 },
  { what: 'database', of: 10, lasts: 0 },
] as const

const FAULT_EVERY_MS = 5_000
const FAULT_LASTS = [1_000, 9_000] as const
/** Longer than a lease, so that who wakes up finds that another has taken over. */
const PAUSE_EVERY_MS = 40_000
const PAUSE_LASTS = [3_000, 20_000] as const

/**
 * What a run breaks: so many kills, spread at random over the time, and beside them faulty links and processes that stand still. The same seed gives
 * the same schedule; what it meets differs.
 */
export const schedule = (asked: Readonly<{ kills: number; milliseconds: number; random: Random }>): Disturbance[] => {
  const { kills, milliseconds, random } = asked
  const target = (): number => Math.floor(random.next() * 1_000)
  const anyTime = (): number => random.between(0, milliseconds)
  const kill = (): Disturbance => {
    const drawn = random.between(0, 100)
    let sum = 0
    const { what, lasts } =
      KILLS.find(({ of }) => {
        sum += of
        return drawn < sum
      }) ?? KILLS[0]
    return { do: 'kill', what, at: anyTime(), lasts: random.between(0, lasts), target: target() }
  }
  const times = (every: number): number[] => Array.from({ length: Math.round(milliseconds / every) })
  return [
    ...Array.from({ length: kills }, kill),
    ...times(FAULT_EVERY_MS).map((): Disturbance => {
      const fault = random.pick(FAULTS)
      return { do: 'fault', fault, at: anyTime(), lasts: random.between(...FAULT_LASTS), target: target() }
    }),
    ...times(PAUSE_EVERY_MS).map(
      (): Disturbance => ({ do: 'pause', at: anyTime(), lasts: random.between(...PAUSE_LASTS), target: target() }),
    ),
  ].sort((a, b) => a.at - b.at)
}
