import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { PARALLEL } from '../../src/sync/lane.ts'
import { median, percentile } from '../figures.ts'
import { createProgress, type Progress } from '../progress.ts'
import { machine, RESULTS, table, writeResults } from '../report.ts'
import { floorIds } from './people.ts'
import { now } from './receiver-process.ts'
import { type FanOutStage, openFanOutStage, type Used } from './stage.ts'

export const FAN_OUT = {
  name: 'fanout',
  about: 'Changes of plans on their way to four recipients; the floor sends them the same PUTs from a loop.',
}

const HELP = `npm run bench -- fanout [options]

${FAN_OUT.about}

The recipients are light HTTP servers in a process of their own. People are written straight into the
tables, as copies of one who was stored over HTTP, and so are their changes: what is measured begins with the commit of the changes, and ends when
KeyPlan has recorded that every recipient confirmed each of them. The floor, a process of its own too, sends the same bytes with the same
headers to the same recipients over kept connections: once from a loop, one request at a time, and once ${PARALLEL} at a time to each, as KeyPlan may.

  --changes N    people whose plan changes at once (10000)
  --rounds N     turns of KeyPlan and of the floor; medians are reported (3)
  --wakes N      single changes while nothing is to be done, for the time from a commit to the first byte (50)
  --persons LIST people in the database, for the cost of many (1000,10000,100000); none: do not measure that
  --few N        people whose plan changes at each of those sizes (1000, or fewer where there are fewer)
  --profile      writes a CPU profile of KeyPlan to bench/results, for the developer tools of a browser
  --help         this text

Results are printed and written to bench/results as JSON. The exit code is 1 where something failed.
`

/** The ratio to reach: KeyPlan's deliveries per second to the floor's. */
const TARGET = 0.5

type Options = Readonly<{
  changes: number
  rounds: number
  wakes: number
  persons: readonly number[]
  few: number
  profile: boolean
}>

/** Deliveries per second, and microseconds of processor time that each of them took whom. */
type Turn = Readonly<{ perSecond: number; used: Used }>
/** `loop`: the floor sends one request at a time; `many`: to each recipient as many at a time as KeyPlan. */
type Round = Readonly<{ keyplan: Turn; loop: Turn; many: Turn }>
type Summary = Readonly<{
  keyplan: Turn
  loop: Turn
  many: Turn
  ratio: Readonly<{ loop: number; many: number }>
  target: number
  bytesOfOne: number
  wake: Readonly<{ p50: number; p99: number }>
}>
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
        profile: { type: 'boolean', default: false },
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
      profile: values.profile,
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
  const stage = await openFanOutStage(options.profile ? { profileFolder: RESULTS } : {})
  const interrupted = (): void => void stage.stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const sizes: Size[] = []
    for (const persons of options.persons.toSorted((a, b) => a - b))
      sizes.push(await atSize(stage, persons, options, progress))
    const { rounds, bytes } = await inTurns(stage, options, progress)
    const wakes = await wakeUps(stage, options.wakes, (done) => progress.show('single changes', done))
    progress.clear()
    const summary: Summary = {
      keyplan: medianTurn(rounds.map(({ keyplan }) => keyplan)),
      loop: medianTurn(rounds.map(({ loop }) => loop)),
      many: medianTurn(rounds.map(({ many }) => many)),
      ratio: {
        loop: median(rounds.map((round) => ratioTo('loop', round))),
        many: median(rounds.map((round) => ratioTo('many', round))),
      },
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

/** Deliveries of a turn that takes as many milliseconds as it answers. */
const turn = async ({ used }: FanOutStage, deliveries: number, run: () => Promise<number>): Promise<Turn> => {
  const before = await used()
  const perSecond = deliveries / ((await run()) / 1_000)
  const after = await used()
  const each = (who: keyof Used): number => ((after[who] - before[who]) * 1e6) / deliveries
  return {
    perSecond,
    used: {
      keyplan: each('keyplan'),
      postgresql: each('postgresql'),
      recipients: each('recipients'),
      floor: each('floor'),
    },
  }
}

/** KeyPlan's deliveries of these changes: from their commit until every recipient is known to be in step. */
const keyplanTurn = async (stage: FanOutStage, ids: readonly string[]): Promise<Turn> => {
  const committed = await stage.people.change(ids, now)
  return turn(stage, ids.length * stage.receivers.addresses.length, async () => {
    await stage.people.settled()
    return now() - committed
  })
}

const ratioTo = (floor: 'loop' | 'many', round: Round): number => round.keyplan.perSecond / round[floor].perSecond

const medianTurn = (turns: readonly Turn[]): Turn => {
  const each = (who: keyof Used): number => median(turns.map(({ used }) => used[who]))
  return {
    perSecond: median(turns.map(({ perSecond }) => perSecond)),
    used: {
      keyplan: each('keyplan'),
      postgresql: each('postgresql'),
      recipients: each('recipients'),
      floor: each('floor'),
    },
  }
}

/** Throws unless every recipient holds, byte for byte, what is stored of these people: nothing is counted that did not arrive. */
const checkHeld = async ({ people, receivers }: FanOutStage, ids: readonly string[]): Promise<void> => {
  const stored = await people.checksums(ids)
  for (const [index, held] of (await receivers.held(ids)).entries()) {
    const other = held.findIndex((checksum, at) => checksum !== stored[at])
    if (other !== -1 || stored.length !== ids.length)
      throw new Error(`Recipient ${index + 1} does not hold what is stored of person ${other + 1} of ${ids.length}.`)
  }
}

const inTurns = async (
  stage: FanOutStage,
  { changes, rounds }: Options,
  progress: Progress,
): Promise<{ rounds: Round[]; bytes: number }> => {
  const { people, receivers, floor, sample, vacuum } = stage
  const { document } = people
  await people.grow(changes, (done) => progress.show(`people whose plans change: ${done}`, done / changes))
  progress.show('every recipient gets its first summaries', 0)
  await people.settled()
  await vacuum()
  const ids = people.ids.slice(0, changes)
  const patients = floorIds(sample, changes)
  let version = 0
  const floorTurn = (parallel: number): Promise<Turn> => {
    const task = { addresses: receivers.addresses, sample, document, patients, version, parallel }
    version += 1
    return turn(stage, changes * receivers.addresses.length, () => floor.send(task))
  }
  // The first turns meet code that has not been compiled yet.
  progress.show('warming up', 0)
  await floorTurn(PARALLEL)
  await keyplanTurn(stage, ids)
  const measured: Round[] = []
  for (let number = 1; number <= rounds; number++) {
    progress.show(`round ${number} of ${rounds}`, (number - 1) / rounds)
    // Now the one before KeyPlan, now the other.
    const loopFirst = number % 2 === 1
    const before = await floorTurn(loopFirst ? 0 : PARALLEL)
    const keyplan = await keyplanTurn(stage, ids)
    const after = await floorTurn(loopFirst ? PARALLEL : 0)
    const round = loopFirst ? { keyplan, loop: before, many: after } : { keyplan, loop: after, many: before }
    measured.push(round)
    const floors = (['loop', 'many'] as const).map(
      (floor) => `${NAMES[floor]} ${Math.round(round[floor].perSecond)}/s, ratio ${ratioTo(floor, round).toFixed(2)}`,
    )
    progress.line(
      `  round ${number} of ${rounds}: KeyPlan ${Math.round(round.keyplan.perSecond)} deliveries/s; ${floors.join('; ')}`,
    )
  }
  await checkHeld(stage, ids)
  return { rounds: measured, bytes: Buffer.byteLength(document) }
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
  const { perSecond } = await keyplanTurn(stage, ids)
  const wake = await wakeUps(stage, wakes, (done) => progress.show(`${label}: single changes`, done))
  const size = { persons, changes, perSecond, wakeP50: percentile(wake, 0.5) }
  progress.line(
    `  ${label}: ${Math.round(perSecond)} deliveries/s of ${changes} changes, first byte after ${size.wakeP50.toFixed(1)} ms (p50)`,
  )
  return size
}

const NAMES = {
  keyplan: 'KeyPlan',
  loop: 'the floor, one at a time',
  many: `the floor, ${PARALLEL} at a time to each`,
} as const

const perSecondOf = ({ perSecond }: Turn): string => Math.round(perSecond).toLocaleString('en-GB')

const shown = (summary: Summary, sizes: readonly Size[]): string =>
  [
    table([
      [`deliveries of ${(summary.bytesOfOne / 1_000).toFixed(0)} kB`, 'each second', 'KeyPlan to it', 'target'],
      [NAMES.keyplan, perSecondOf(summary.keyplan), '', ''],
      ...(['loop', 'many'] as const).map((floor) => [
        NAMES[floor],
        perSecondOf(summary[floor]),
        summary.ratio[floor].toFixed(2),
        `${TARGET} ${summary.ratio[floor] >= TARGET ? 'reached' : 'missed'}`,
      ]),
    ]),
    table([
      ['processor time of each, µs', 'KeyPlan', 'PostgreSQL', 'recipients', 'floor'],
      ...(['keyplan', 'loop', 'many'] as const).map((whose) => {
        const { keyplan, postgresql, recipients, floor } = summary[whose].used
        return [NAMES[whose], ...[keyplan, postgresql, recipients, floor].map((each) => each.toFixed(0))]
      }),
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
