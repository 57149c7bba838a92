import { atMost } from '../figures.ts'
import { startLoad } from '../load/load.ts'
import { untilInStep } from '../outstanding.ts'
import type { Phase } from './phase.ts'
import { measuredWithdrawals } from './withdrawals.ts'

const CHANGES_PER_SECOND = 4
const WITHDRAWALS_PER_SECOND = 4

/** Nothing is broken: how long a withdrawal takes while others change plans. */
export const healthy: Phase = async (run) => {
  const { authors, options, random, stage } = run
  const half = Math.ceil(authors.people.length / 2)
  const load = startLoad(authors, {
    perSecond: CHANGES_PER_SECOND,
    random: random.branch(),
    among: authors.people.slice(half),
  })
  const measured = await measuredWithdrawals(run, {
    people: authors.people.slice(0, half),
    count: options.withdrawals,
    perSecond: WITHDRAWALS_PER_SECOND,
  })
  await load.stop()
  await untilInStep(stage.addresses, 60)
  return {
    figures: [
      atMost('withdrawal, healthy, p50', measured.p50, 1, measured),
      atMost('withdrawal, healthy, p99', measured.p99, 3, measured),
    ],
    notes: [],
  }
}
