import { atMost } from '../figures.ts'
import type { Person } from '../load/author.ts'
import { severalAtATime } from '../load/load.ts'
import { outstanding, sum, untilInStep } from '../outstanding.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import { until } from '../until.ts'
import type { Phase } from './phase.ts'
import { measuredWithdrawals } from './withdrawals.ts'

const AT_A_TIME = 8
const WITHDRAWALS = 40
const WITHDRAWALS_PER_SECOND = 10
const DRAIN_SECONDS = 600

/** No recipient can be reached while many plans change; when they can be, withdrawals come in with all of that queued ahead of them. */
export const backlog: Phase = async (run) => {
  const { authors, options, show, stage } = run
  const others = authors.people.slice()
  const changed: Person[] = []
  const wanted = Math.ceil(options.backlog / RECIPIENTS.length)
  const each = Array.from({ length: wanted })
  for (const link of RECIPIENTS) await stage.links.set(link, 'refuse')
  await severalAtATime(each, AT_A_TIME, async () => {
    changed.push(await authors.register())
    show(`updates queued: ${changed.length * RECIPIENTS.length} of ${options.backlog}`, changed.length / wanted)
  })
  const queued = sum((await outstanding(stage.addresses)) ?? {})
  for (const link of RECIPIENTS) await stage.links.set(link, undefined)
  await until(
    'The recipients are found to be back',
    DRAIN_SECONDS,
    async () => {
      const left = await outstanding(stage.addresses)
      return left !== undefined && sum(left) < queued - RECIPIENTS.length ? true : undefined
    },
    250,
  )
  const ahead = sum((await outstanding(stage.addresses)) ?? {})
  const measured = await measuredWithdrawals(run, {
    people: others.filter(({ active }) => active !== undefined).slice(0, WITHDRAWALS),
    count: WITHDRAWALS,
    perSecond: WITHDRAWALS_PER_SECOND,
  })
  const left = sum((await outstanding(stage.addresses)) ?? {})
  show('the queue drains', 1)
  const drained = await untilInStep(stage.addresses, DRAIN_SECONDS)
  return {
    figures: [atMost(`withdrawal, ${queued} updates queued ahead, p99`, measured.p99, 5, measured)],
    notes: [
      `backlog: ${queued} queued, ${ahead} when the first withdrawal came, ${left} when the last was acknowledged; drained ${(drained / 1_000).toFixed(0)} s later`,
    ],
  }
}
