import { expect, test } from '@jest/globals'
import fc from 'fast-check'
import { events, SENDERS, settle } from './events.ts'
import { createSystem, type Mutation } from './system.ts'

const RUNS = 50_000
/** The same at each run of the tests: what is looked for here is a mistake in the rules, which is there or is not. */
const SEED = 20_261_122

/** What was found, with the shortest order of events that shows it; empty where nothing was. */
const explore = (mutation?: Mutation): string => {
  const details = fc.check(
    fc.property(events, (commands) => {
      const system = createSystem(SENDERS, mutation)
      fc.modelRun(() => ({ model: system, real: system }), commands)
      settle(system)
      expect(system.recipient.held).toEqual(system.wanted())
      expect(system.delivery.confirmed).toBe(system.wanted().sequence)
    }),
    { numRuns: RUNS, seed: SEED },
  )
  return details.failed ? `${(details.errorInstance as Error).message}\n${String(details.counterexample)}` : ''
}

test('no order of changes, sendings, losses, repetitions, crashes and late answers makes a recipient go back, or says that it has what it has not; and in the end it has the newest', () => {
  expect(explore()).toBe('')
}, 120_000)

test.each<[Mutation, RegExp]>([
  ['no-precondition', /went back|twice/],
  ['no-fence', /confirmed went back/],
  ['ack-without-sequence', /is not among those that have not acknowledged/],
])(
  'the model notices %s',
  (mutation, finding) => {
    expect(explore(mutation)).toMatch(finding)
  },
  120_000,
)
