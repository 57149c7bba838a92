/** What a decision costs by itself, apart from the request that it is made for. */
import { readFileSync } from 'node:fs'
import { decide, decideSearch, type Question } from '../../src/access/decide.ts'
import type { Facts } from '../../src/access/facts.ts'
import type { Caller } from '../../src/context.ts'
import { visible } from '../../src/search/sql.ts'

export const DECIDE = {
  name: 'decide',
  about: 'what one access decision takes, and the WHERE that is made of one',
} as const

/** Below the resolution of the clock a decision cannot be timed alone. */
const TOGETHER = 50
const SAMPLES = 4_000
const TO_REACH_US = 50

type Cases = Readonly<{
  now: string
  actors: Readonly<Record<string, Caller>>
  records: Readonly<Record<string, Facts>>
  cases: readonly Readonly<{ actor: string; record: string }>[]
}>

/** Prints median and 99th percentile over the cases of the tests; answers the exit code: 1 where the median is above what is to be reached. */
export const main = async (): Promise<number> => {
  const file = new URL('../../test/access/decide.cases.json', import.meta.url)
  const { now, actors, records, cases } = JSON.parse(readFileSync(file, 'utf8')) as Cases
  const questions = cases.map(
    ({ actor, record }): Question => ({
      actor: actors[actor] as Caller,
      record: records[record] as Facts,
      purpose: 'care',
      act: 'read',
      now: new Date(now),
    }),
  )
  const decided = timed((index) => decide(questions[index % questions.length] as Question))
  const rendered = timed((index) => {
    const values: unknown[] = []
    return visible(decideSearch(questions[index % questions.length] as Question), (value) => `$${values.push(value)}`)
  })
  process.stdout.write(
    `${questions.length} cases, ${SAMPLES} samples of ${TOGETHER}\ndecide: ${shown(decided)}; to reach: ${TO_REACH_US} µs at the median\nthe WHERE of a search: ${shown(rendered)}\n`,
  )
  return decided.median < TO_REACH_US ? 0 : 1
}

type Figures = Readonly<{ median: number; p99: number }>

const shown = ({ median, p99 }: Figures): string => `median ${median.toFixed(2)} µs, p99 ${p99.toFixed(2)} µs`

/** Microseconds of one call, the first half of the samples left out. */
const timed = (act: (index: number) => unknown): Figures => {
  const samples: number[] = []
  for (let sample = 0; sample < 2 * SAMPLES; sample++) {
    const start = performance.now()
    for (let number = 0; number < TOGETHER; number++) act(sample * TOGETHER + number)
    samples.push(((performance.now() - start) * 1_000) / TOGETHER)
  }
  const sorted = samples.slice(SAMPLES).sort((one, other) => one - other)
  const at = (part: number): number => sorted[Math.floor(part * (sorted.length - 1))] as number
  return { median: at(0.5), p99: at(0.99) }
}
