import { atMost } from '../figures.ts'
import { severalAtATime } from '../load/load.ts'
import { outstanding, sum, untilInStep } from '../outstanding.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import type { Phase } from './phase.ts'
import { measuredWithdrawals } from './withdrawals.ts'

const AT_A_TIME = 8
const AT_ONCE = 200
const WITHDRAWALS = 40
const WITHDRAWALS_PER_SECOND = 10
const DRAIN_SECONDS = 600

/** Every recipient is slow while many plans come in, so that a queue forms; when they are not any more, withdrawals come with all of it queued ahead. */
export const backlog: Phase = async (run) => {
  const { authors, options, show, stage } = run
  const others = authors.people.filter(({ active }) => active !== undefined).slice(0, WITHDRAWALS)
  const queued = async (): Promise<number> => sum((await outstanding(stage.addresses)) ?? {})
  const ofEach = Math.ceil(options.backlog / RECIPIENTS.length)
  for (const link of RECIPIENTS) await stage.links.set(link, 'latency')
  // What is worked off meanwhile, slow as they are, is queued again.
  for (let ahead = 0; ahead < options.backlog; ahead = await queued()) {
    const missing = Math.ceil((options.backlog - ahead) / RECIPIENTS.length)
    show(`updates queued: ${ahead} of ${options.backlog}`, 1 - missing / ofEach)
    await severalAtATime(Array.from({ length: Math.min(missing, AT_ONCE) }), AT_A_TIME, authors.register)
  }
  for (const link of RECIPIENTS) await stage.links.set(link, undefined)
  const ahead = await queued()
  const measured = await measuredWithdrawals(run, {
    people: others,
    count: WITHDRAWALS,
    perSecond: WITHDRAWALS_PER_SECOND,
  })
  const left = await queued()
  show('the queue drains', 1)
  const drained = await untilInStep(stage.addresses, DRAIN_SECONDS)
  return {
    figures: [atMost(`withdrawal, ${ahead} updates queued ahead, p99`, measured.p99, 5, measured)],
    notes: [
      `backlog: ${ahead} queued when the first withdrawal came, ${left} when the last was acknowledged; drained ${(drained / 1_000).toFixed(0)} s later`,
    ],
  }
}
