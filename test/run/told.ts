import type { Found, Part } from './part.ts'

export type Outcome = Readonly<{ part: Part; found: Found; seconds: number }>

/** What is told at the end: each part; what was unstable; what failed, each with the command that repeats it; and in the last line how many passed and failed. */
export const told = (outcomes: readonly Outcome[]): string => {
  const failed = outcomes.reduce((sum, { found }) => sum + found.failed, 0)
  // A test counts as passed once, however many time zones it ran in; whatever failed counts.
  const passed = outcomes.reduce((sum, { part, found }) => sum + (part.counts ? found.passed : 0), 0)
  return [
    '',
    ...outcomes.map(({ part, found, seconds }) => {
      const result = found.failed === 0 ? 'ok    ' : 'FAILED'
      return `${result}  ${part.name}: ${found.passed} passed, ${found.failed} failed (${seconds.toFixed(1)} s)`
    }),
    ...outcomes.flatMap(({ found }) => (found.unstable ?? []).map((one) => `UNSTABLE, passed by itself: ${one}`)),
    ...outcomes.flatMap(({ found }) =>
      found.failures.map(({ what, again }) => `FAILED  ${what}\n        again: ${again}`),
    ),
    '',
    `${passed} passed, ${failed} failed`,
    '',
  ].join('\n')
}
