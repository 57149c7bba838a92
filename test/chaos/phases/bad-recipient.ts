import { setTimeout as wait } from 'node:timers/promises'
import { deliveryTimes } from '../checker/deliveries.ts'
import { type Latencies, latencies } from '../checker/latencies.ts'
import { medianWithInterval, type Ratio, ratioOfP99 } from '../checker/ratio.ts'
import type { Figure } from '../figures.ts'
import { startLoad } from '../load/load.ts'
import { untilInStep } from '../outstanding.ts'
import { FAULTS, type Fault } from '../proxy/faults.ts'
import { RECIPIENTS } from '../stage/stage.ts'
import type { Phase } from './phase.ts'

const SECONDS = 8
const CHANGES_PER_SECOND = 12
const CATCH_UP_SECONDS = 420
const MOST = 1.1
/** With ten kinds of fault, 95 % for all of them together. */
const CONFIDENCE = 0.995
/** From so many rounds on, each kind of fault is judged by itself. */
const JUDGED_ROUNDS = 3

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
      // Now the one first, now the other, of each kind of fault too.
      if ((turns.length + round) % 2 === 0)
        turns.push({ fault, bad, healthy: await without(), faulty: await withFault() })
      else turns.push({ fault, bad, faulty: await withFault(), healthy: await without() })
    }
  }

  const facts = { writes: authors.writes, applications: await stage.applications() }
  const compared = turns.map(({ fault, healthy, faulty, bad }) => {
    const others = RECIPIENTS.filter((id) => id !== bad)
    const [before = [], during = []] = [healthy, faulty].map((span) =>
      secondsOf(span).map((second) => deliveryTimes(facts, others, second)),
    )
    return { fault, before, during }
  })
  const ratios = compared.map(({ before, during }) => latencies(during.flat()).p99 / latencies(before.flat()).p99)
  const estimate = medianWithInterval(ratios, random.branch())
  const sure = `${estimate.low.toFixed(2)} to ${estimate.high.toFixed(2)}`
  const kinds = FAULTS.map((fault) => {
    const own = compared.filter((one) => one.fault === fault)
    const before = own.flatMap((one) => one.before)
    const during = own.flatMap((one) => one.during)
    const ratio = ratioOfP99(before, during, { random: random.branch(), confidence: CONFIDENCE })
    return { fault, ratio, before: latencies(before.flat()), during: latencies(during.flat()) }
  })
  return {
    figures: [
      {
        name: `p99 of the others with one bad recipient, to that without (median of ${ratios.length}, 95 %: ${sure})`,
        value: estimate.median.toFixed(2),
        target: String(MOST),
        holds: estimate.median <= MOST,
      },
      // Fewer rounds say nothing of one kind: it stands in the notes alone.
      ...(options.rounds < JUDGED_ROUNDS ? [] : kinds.map(judged)),
    ],
    notes: kinds.map(({ fault, ratio, before, during }) => {
      const ms = ({ p99, count }: Latencies): string => `${Math.round(p99)} ms of ${count}`
      return `others with ${fault}: p99 ${ms(during)}, without ${ms(before)}; ${said(ratio)}`
    }),
  }
}

const said = ({ value, low, high }: Ratio): string =>
  `${value.toFixed(2)}, ${100 * CONFIDENCE} %: ${low.toFixed(2)} to ${high.toFixed(2)}`

/** A kind of fault fails where the others are surely later; where it is not sure that they are not, that is said. */
const judged = ({ fault, ratio, during }: Readonly<{ fault: Fault; ratio: Ratio; during: Latencies }>): Figure => ({
  name: `… with ${fault} (${during.count}; ${said(ratio)})`,
  value: ratio.high <= MOST ? 'surely not more' : ratio.low <= MOST ? 'not surely more' : 'surely more',
  target: String(MOST),
  holds: ratio.low <= MOST,
})

const secondsOf = ({ from, to }: Span): Span[] =>
  Array.from({ length: Math.ceil((to - from) / 1_000) }, (_, second) => {
    const start = from + second * 1_000
    return { from: start, to: Math.min(start + 1_000, to) }
  })
