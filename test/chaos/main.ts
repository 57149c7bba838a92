import { createProgress, type Progress } from '../../bench/progress.ts'
import { check } from './checker/checks.ts'
import type { Facts } from './facts.ts'
import { atMostTimes, type Figure, never } from './figures.ts'
import { createAuthors } from './load/author.ts'
import { createClient } from './load/client.ts'
import { severalAtATime } from './load/load.ts'
import { HELP, type Options, readOptions } from './options.ts'
import { untilInStep } from './outstanding.ts'
import { backlog } from './phases/backlog.ts'
import { badRecipient } from './phases/bad-recipient.ts'
import { healthy } from './phases/healthy.ts'
import { killedSender } from './phases/killed-sender.ts'
import { kills } from './phases/kills.ts'
import type { Phase, Run } from './phases/phase.ts'
import { createRandom } from './random.ts'
import { printed, writeReport } from './report.ts'
import { openStage, type Stage } from './stage/stage.ts'

/** After everything was broken, so long all may take to come into step. */
const QUIET_SECONDS = 420
/** Beside the time of the kills, so long a whole run may take; then it is ended. */
const REST_MINUTES = 45
const AT_A_TIME = 8
const SAY_SECONDS = 15

const phasesOf = (options: Options): readonly (readonly [string, Phase])[] => [
  ...(options.withdrawals > 0 ? [['nothing is broken', healthy] as const] : []),
  ...(options.senders > 0 ? [['senders are killed in mid-send', killedSender] as const] : []),
  ...(options.rounds > 0 ? [['one recipient is bad', badRecipient] as const] : []),
  ...(options.kills > 0 ? [['everything is killed at random', kills] as const] : []),
  ...(options.backlog > 0 ? [['a long queue', backlog] as const] : []),
]

/** Runs what the command line says; answers the exit code: 0 where every figure holds, 1 where one does not or the run failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  let options: Options | undefined
  try {
    options = readOptions(args)
  } catch (error) {
    process.stderr.write(`chaos: ${(error as Error).message}\n`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(HELP)
    return 0
  }
  const progress = createProgress()
  let stage: Stage | undefined
  let held = false
  const end = async (): Promise<void> => {
    progress.clear()
    await stage?.stop(!held)
    if (stage !== undefined && !held) progress.line(`Logs are in ${stage.folder}`)
  }
  const give = (code: number) => (): void => void end().finally(() => process.exit(code))
  const interrupted = give(130)
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  const late = setTimeout(
    () => {
      progress.line('chaos: the run takes too long and is ended.')
      give(1)()
    },
    (options.minutes + REST_MINUTES) * 60_000,
  )
  try {
    progress.line(`Seed ${options.seed}: ${options.keyplans} KeyPlans, four recipients, ${options.people} people`)
    stage = await openStage(options)
    const figures = await run(stage, options, progress)
    held = figures.every(({ holds }) => holds)
    return held ? 0 : 1
  } catch (error) {
    process.stderr.write(`chaos: ${error instanceof Error ? error.stack : String(error)}\n`)
    return 1
  } finally {
    clearTimeout(late)
    await end()
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  }
}

/** Where nobody looks on, a line now and then in place of a bar. */
const sayer = (progress: Progress): Run['show'] => {
  let said = Date.now()
  return (text, done) => {
    progress.show(text, done)
    if (process.stderr.isTTY || Date.now() - said < SAY_SECONDS * 1_000) return
    said = Date.now()
    progress.line(`  ${text}`)
  }
}

const run = async (stage: Stage, options: Options, progress: Progress): Promise<readonly Figure[]> => {
  const random = createRandom(options.seed)
  const authors = createAuthors(createClient(stage.addresses, random.branch()))
  const show = sayer(progress)
  await severalAtATime(Array.from({ length: options.people }), AT_A_TIME, async () => {
    await authors.register()
    show(
      `people with a first plan: ${authors.people.length} of ${options.people}`,
      authors.people.length / options.people,
    )
  })
  await untilInStep(stage.addresses, QUIET_SECONDS)

  const figures: Figure[] = []
  const notes: string[] = []
  for (const [name, phase] of phasesOf(options)) {
    progress.line(name)
    const found = await phase({ stage, authors, options, random: random.branch(), show, line: progress.line })
    figures.push(...found.figures)
    notes.push(...found.notes)
    for (const { name: figure, value, target, holds } of found.figures)
      progress.line(`  ${holds ? 'holds ' : 'BROKEN'}  ${figure}: ${value} (${target})`)
  }

  progress.line('quiet')
  let settled = true
  const quiet = await untilInStep(stage.addresses, QUIET_SECONDS).catch(() => {
    settled = false
    return Number.POSITIVE_INFINITY
  })
  figures.push({
    name: 'everything is in step after quiet',
    value: settled ? `${(quiet / 1_000).toFixed(1)} s` : 'never',
    target: `${QUIET_SECONDS} s`,
    holds: settled,
  })
  const stored: Facts['stored'][number][] = []
  await severalAtATime(authors.people, AT_A_TIME, async (person) => {
    await authors.observe(person)
    stored.push(await authors.read(person))
    show(`the end is read: ${stored.length} of ${authors.people.length}`, stored.length / authors.people.length)
  })
  const { writes, observations } = authors
  const applications = await stage.applications()
  // It was quiet long enough for everything; what is still missing is missing.
  const violations = check({ writes, observations, applications, stored, settled: true })
  figures.push(...never(violations))
  const fallen = stage.keyplans.map((keyplan) => keyplan.fell())
  figures.push(
    atMostTimes(
      'KeyPlans that ended by themselves while they ran',
      fallen.reduce((sum, { running }) => sum + running, 0),
      0,
    ),
  )
  notes.push(
    `KeyPlans that ended by themselves while they started: ${fallen.reduce((sum, { starting }) => sum + starting, 0)}`,
  )
  notes.push(
    `in all: ${writes.length} changes of ${authors.people.length} people, ${Object.values(applications).flat().length} documents applied, ${observations.length} times asked who holds what`,
  )
  progress.clear()
  const path = await writeReport({ options, figures, notes, violations })
  process.stdout.write(printed({ options, figures, notes, violations }))
  process.stdout.write(`\nWritten to ${path}\n`)
  return figures
}
