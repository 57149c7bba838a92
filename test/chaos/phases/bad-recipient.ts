import { setTimeout as wait } from 'node:timers/promises'
import { median } from '../../../bench/figures.ts'
import { deliveryTimes } from '../checker/deliveries.ts'
import { latencies } from '../checker/latencies.ts'
import { medianWithInterval } from '../checker/ratio.ts'
import { startLoad } from '../load/load.ts'
import { untilInStep } from '../outstanding.ts'
import { FAULTS, type Fault } from '../proxy/faults.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import type { Phase } from './phase.ts'

const SECONDS = 8
const CHANGES_PER_SECOND = 12
const CATCH_UP_SECONDS = 420
const MOST = 1.1

type Turn = Readonly<{ fault: Fault; healthy: Span; faulty: Span; bad: string }>
type Span = Readonly<{ from: number; to: number }>

/**
 * One recipient is bad in each of ten ways, and the others are looked at: the time until they show a change, beside the same without a fault right
 * before or after it, so that what else the machine does meets both.
 */
export const badRecipient: Phase = async ({ authors, options, random, show, stage }) => {
  const turns: Turn[] = []
  const span = async (): Promise<Span> => {
    const load = startLoad(authors, {
      perSecond: CHANGES_PER_SECOND,
      random: random.branch(),
      among: authors.people.slice(0, options.people),
    })
    const from = Date.now()
    await wait(SECONDS * 1_000)
    const to = Date.now()
    await load.stop()
    return { from, to }
  }
  const count = options.rounds * FAULTS.length
  for (let round = 0; round < options.rounds; round++) {
    for (const fault of FAULTS) {
      const bad = random.pick(RECIPIENTS)
      show(`one recipient with ${fault}: ${turns.length + 1} of ${count}`, turns.length / count)
      const withFault = async (): Promise<Span> => {
        await stage.links.set(bad, fault)
        const measured = await span()
        await stage.links.set(bad, undefined)
        await untilInStep(stage.addresses, CATCH_UP_SECONDS)
        return measured
      }
      const without = async (): Promise<Span> => {
        const measured = await span()
        await untilInStep(stage.addresses, CATCH_UP_SECONDS)
        return measured
      }
      // Now the one first, now the other.
      if (turns.length % 2 === 0) turns.push({ fault, bad, healthy: await without(), faulty: await withFault() })
      else turns.push({ fault, bad, faulty: await withFault(), healthy: await without() })
    }
  }

  const applications = await stage.applications()
  const compared = turns.map(({ fault, healthy, faulty, bad }) => {
    const others = RECIPIENTS.filter((id) => id !== bad)
    const facts = { writes: authors.writes, applications }
    const [before, during] = [healthy, faulty].map((each) => latencies(deliveryTimes(facts, others, each)))
    return { fault, before: before?.p99 ?? Number.NaN, during: during?.p99 ?? Number.NaN }
  })
  const ratios = compared.map(({ before, during }) => during / before)
  const estimate = medianWithInterval(ratios, random.branch())
  const sure = `${estimate.low.toFixed(2)} to ${estimate.high.toFixed(2)}`
  return {
    figures: [
      {
        name: `p99 of the others with one bad recipient, to that without (median of ${ratios.length}, 95 %: ${sure})`,
        value: estimate.median.toFixed(2),
        target: String(MOST),
        holds: estimate.median <= MOST,
      },
    ],
    notes: FAULTS.map((fault) => {
      const own = compared.filter((one) => one.fault === fault)
      const ms = (pick: (one: (typeof own)[number]) => number): string => `${Math.round(median(own.map(pick)))} ms`
      return `others with ${fault}: p99 ${ms(({ during }) => during)}, without ${ms(({ before }) => before)}`
    }),
  }
}
