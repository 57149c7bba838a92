import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { PARALLEL } from '../../src/sync/lane.ts'
import { median, percentile } from '../figures.ts'
import { createProgress, type Progress } from '../progress.ts'
import { machine, table, writeResults } from '../report.ts'
import { FLOOR_MARK, floorIds } from './people.ts'
import { now } from './receiver-process.ts'
import { type FanOutStage, openFanOutStage } from './stage.ts'

export const FAN_OUT = {
  name: 'fanout',
  about: 'Changes of plans on their way to four recipients; the floor sends them the same PUTs from a loop.',
}

const HELP = `npm run bench -- fanout [options]

${FAN_OUT.about}

The recipients are light HTTP servers in a process of their own, which keep what they get in memory. People are written straight into the
tables, as copies of one who was stored over HTTP, and so are their changes: what is measured begins with the commit of the changes, and ends when
KeyPlan has recorded that every recipient confirmed each of them. The floor, a process of its own too, sends the same bytes to the same recipients
over kept connections, ${PARALLEL} requests at a time to each.

  --changes N    people whose plan changes at once (10000)
  --rounds N     turns of KeyPlan and of the floor; medians are reported (3)
  --wakes N      single changes while nothing is to be done, for the time from a commit to the first byte (50)
  --persons LIST people in the database, for the cost of many (1000,10000,100000); none: do not measure that
  --few N        people whose plan changes at each of those sizes (1000, or fewer where there are fewer)
  --help         this text

Results are printed and written to bench/results as JSON. The exit code is 1 where something failed.
`

/** The ratio to reach: KeyPlan's deliveries per second to the floor's. */
const TARGET = 0.5

type Options = Readonly<{ changes: number; rounds: number; wakes: number; persons: readonly number[]; few: number }>

/** Deliveries per second. */
type Round = Readonly<{ keyplan: number; floor: number }>
type Size = Readonly<{ persons: number; changes: number; perSecond: number; wakeP50: number }>

/** Runs the fan-out benchmark; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  let options: Options
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        changes: { type: 'string', default: '10000' },
        rounds: { type: 'string', default: '3' },
        wakes: { type: 'string', default: '50' },
        persons: { type: 'string', default: '1000,10000,100000' },
        few: { type: 'string', default: '1000' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return 0
    }
    options = {
      changes: wholeNumber('--changes', values.changes),
      rounds: wholeNumber('--rounds', values.rounds),
      wakes: wholeNumber('--wakes', values.wakes),
      persons: values.persons === 'none' ? [] : values.persons.split(',').map((each) => wholeNumber('--persons', each)),
      few: wholeNumber('--few', values.few),
    }
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`)
    return 2
  }
  try {
    await run(args, options)
    return 0
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

const wholeNumber = (option: string, text: string): number => {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text)
  throw new Error(`${option} must be a whole number from 1, not "${text}".`)
}

const run = async (args: readonly string[], options: Options): Promise<void> => {
  const progress = createProgress()
  progress.line(`${machine()}: ${options.changes} changes to four recipients, ${options.rounds} rounds`)
  progress.show('starting', 0)
  const stage = await openFanOutStage()
  const interrupted = (): void => void stage.stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const sizes: Size[] = []
    for (const persons of options.persons.toSorted((a, b) => a - b))
      sizes.push(await atSize(stage, persons, options, progress))
    const { rounds, bytes } = await inTurns(stage, options, progress)
    const wakes = await wakeUps(stage, options.wakes, (done) => progress.show('single changes', done))
    progress.clear()
    const ratios = rounds.map(({ keyplan, floor }) => keyplan / floor)
    const summary = {
      keyplanPerSecond: median(rounds.map(({ keyplan }) => keyplan)),
      floorPerSecond: median(rounds.map(({ floor }) => floor)),
      ratio: median(ratios),
      target: TARGET,
      bytesOfOne: bytes,
      wake: { p50: percentile(wakes, 0.5), p99: percentile(wakes, 0.99) },
    }
    const path = await writeResults({ run: { arguments: args, ...options }, fanout: { summary, rounds, wakes, sizes } })
    process.stdout.write(`\n${shown(summary, sizes)}\n\nWritten to ${relative(process.cwd(), path)}\n`)
  } finally {
    progress.clear()
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stage.stop()
  }
}

/** How many deliveries a second KeyPlan makes of these changes: from their commit until every recipient is known to be in step. */
const keyplanTurn = async ({ people, receivers }: FanOutStage, ids: readonly string[]): Promise<number> => {
  const committed = await people.change(ids, now)
  await people.settled()
  return (ids.length * receivers.addresses.length) / ((now() - committed) / 1_000)
}

const inTurns = async (
  stage: FanOutStage,
  { changes, rounds }: Options,
  progress: Progress,
): Promise<{ rounds: Round[]; bytes: number }> => {
  const { people, receivers, floor, sample, vacuum } = stage
  await people.grow(changes, (done) => progress.show(`people whose plans change: ${done}`, done / changes))
  progress.show('every recipient gets its first summaries', 0)
  await people.settled()
  await vacuum()
  const ids = people.ids.slice(0, changes)
  const bytes = (await (await fetch(`${receivers.addresses[0]}/Bundle/${sample}`)).arrayBuffer()).byteLength
  const floorTurn = async (): Promise<number> => {
    const task = { addresses: receivers.addresses, sample, patients: floorIds(sample, changes), parallel: PARALLEL }
    const milliseconds = await floor.send(task)
    await receivers.next({ forget: FLOOR_MARK })
    return (changes * receivers.addresses.length) / (milliseconds / 1_000)
  }
  // The first turns meet code that has not been compiled yet.
  progress.show('warming up', 0)
  await floorTurn()
  await keyplanTurn(stage, ids)
  const measured: Round[] = []
  for (let number = 1; number <= rounds; number++) {
    progress.show(`round ${number} of ${rounds}`, (number - 1) / rounds)
    const first = number % 2 === 1 ? await floorTurn() : undefined
    const keyplan = await keyplanTurn(stage, ids)
    const round = { keyplan, floor: first ?? (await floorTurn()) }
    measured.push(round)
    progress.line(
      `  round ${number} of ${rounds}: KeyPlan ${Math.round(round.keyplan)} deliveries/s, floor ${Math.round(round.floor)}/s, ratio ${(round.keyplan / round.floor).toFixed(2)}`,
    )
  }
  return { rounds: measured, bytes }
}

/** Milliseconds from the commit of a single change, when nothing else is to be done, to the first byte at a recipient. */
const wakeUps = async (
  { people, receivers }: FanOutStage,
  count: number,
  progress: (done: number) => void,
): Promise<number[]> => {
  const found: number[] = []
  for (let number = 0; number < count; number++) {
    await people.settled()
    // Whoever has just sent something may still be looking for more: idle is later.
    await new Promise((settle) => setTimeout(settle, 100 + 50 * Math.random()))
    const { arrivedAt } = await receivers.next()
    const committed = await people.change([people.ids[number % people.ids.length] as string], now)
    found.push((await arrivedAt) - committed)
    progress((number + 1) / count)
  }
  return found.toSorted((a, b) => a - b)
}

const atSize = async (
  stage: FanOutStage,
  persons: number,
  { few, wakes }: Options,
  progress: Progress,
): Promise<Size> => {
  const changes = Math.min(few, Math.floor(persons / 2))
  const label = `${persons.toLocaleString('en-GB')} persons`
  await stage.people.grow(changes, (done) => progress.show(`${label}: people whose plans change`, done / changes))
  await stage.people.fill(persons, (done) => progress.show(`${label}: people of whom nothing is due`, done / persons))
  await stage.people.settled()
  await stage.vacuum()
  progress.show(`${label}: changes`, 0)
  const ids = stage.people.ids.slice(0, changes)
  await keyplanTurn(stage, ids)
  const perSecond = await keyplanTurn(stage, ids)
  const wake = await wakeUps(stage, wakes, (done) => progress.show(`${label}: single changes`, done))
  const size = { persons, changes, perSecond, wakeP50: percentile(wake, 0.5) }
  progress.line(
    `  ${label}: ${Math.round(perSecond)} deliveries/s of ${changes} changes, first byte after ${size.wakeP50.toFixed(1)} ms (p50)`,
  )
  return size
}

const shown = (
  summary: Readonly<{
    keyplanPerSecond: number
    floorPerSecond: number
    ratio: number
    target: number
    bytesOfOne: number
    wake: { p50: number; p99: number }
  }>,
  sizes: readonly Size[],
): string =>
  [
    table([
      ['', 'KeyPlan/s', 'floor/s', 'ratio', 'target'],
      [
        `deliveries of ${(summary.bytesOfOne / 1_000).toFixed(0)} kB`,
        Math.round(summary.keyplanPerSecond).toLocaleString('en-GB'),
        Math.round(summary.floorPerSecond).toLocaleString('en-GB'),
        summary.ratio.toFixed(2),
        `${summary.target} ${summary.ratio >= summary.target ? 'reached' : 'missed'}`,
      ],
    ]),
    `From the commit of a single change to the first byte at a recipient: p50 ${summary.wake.p50.toFixed(1)} ms, p99 ${summary.wake.p99.toFixed(1)} ms`,
    ...(sizes.length === 0
      ? []
      : [
          table([
            ['persons', 'changes', 'deliveries/s', 'first byte ms (p50)'],
            ...sizes.map(({ persons, changes, perSecond, wakeP50 }) => [
              persons.toLocaleString('en-GB'),
              changes.toLocaleString('en-GB'),
              Math.round(perSecond).toLocaleString('en-GB'),
              wakeP50.toFixed(1),
            ]),
          ]),
        ]),
  ].join('\n\n')
