import { setTimeout as wait } from 'node:timers/promises'
import { type Counts, disturb } from '../disturb.ts'
import { atLeast, type Figure } from '../figures.ts'
import { startLoad } from '../load/load.ts'
import { outstanding } from '../outstanding.ts'
import { schedule } from '../schedule.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import type { Phase } from './phase.ts'

const SHOW_MS = 1_000
const LEAST_WRITES_PER_MINUTE = 20

/** Everything is killed and broken at random while plans change. */
export const kills: Phase = async ({ authors, options, random, show, line, stage }) => {
  const counts: Counts = {}
  const milliseconds = options.minutes * 60_000
  const before = { writes: authors.writes.length, withdrawals: withdrawn(authors.writes) }
  const load = startLoad(authors, {
    perSecond: options.rate,
    random: random.branch(),
    among: authors.people.slice(0, options.people),
  })
  const began = Date.now()
  let over = false
  const showing = (async () => {
    while (!over) {
      const left = await outstanding(stage.addresses)
      const behind = RECIPIENTS.map((id) => `${id} ${left?.[id] ?? '?'}`).join(', ')
      show(
        `${killed(counts)} of ${options.kills} kills, ${authors.writes.length - before.writes} changes, not yet acknowledged: ${behind}`,
        (Date.now() - began) / milliseconds,
      )
      await wait(SHOW_MS)
    }
  })()
  await disturb(stage, schedule({ kills: options.kills, milliseconds, random: random.branch() }), {
    random: random.branch(),
    counts,
    report: options.verbose ? line : () => {},
  })
  await wait(Math.max(0, began + milliseconds - Date.now()))
  await load.stop()
  over = true
  await showing
  const written = authors.writes.slice(before.writes)
  const outcomes = (outcome: string): number => written.filter((write) => write.outcome === outcome).length
  const figures: Figure[] = [
    atLeast('kills', killed(counts), options.kills),
    atLeast(
      'changes acknowledged meanwhile',
      outcomes('acknowledged'),
      Math.ceil(options.minutes * LEAST_WRITES_PER_MINUTE),
    ),
  ]
  return {
    figures,
    notes: [
      `broken: ${Object.entries(counts)
        .sort()
        .map(([what, count]) => `${what} ${count}`)
        .join(', ')}`,
      `changes: ${outcomes('acknowledged')} acknowledged, ${outcomes('found')} found to have happened, ${outcomes('did-not-happen')} that did not; ${withdrawn(written)} withdrawals`,
    ],
  }
}

const killed = (counts: Counts): number =>
  Object.entries(counts).reduce((sum, [what, count]) => (what.startsWith('kill ') ? sum + count : sum), 0)

const withdrawn = (writes: readonly { kind: string; outcome: string }[]): number =>
  writes.filter(({ kind, outcome }) => kind === 'withdraw' && outcome !== 'did-not-happen').length
