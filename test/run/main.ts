import { createProgress, type Progress } from '../../bench/progress.ts'
import { ABOUT_TIME, OTHER_ZONES } from '../support/time-zones.ts'
import { check } from './check.ts'
import { jest } from './jest.ts'
import { type Lanes, runLanes } from './lanes.ts'
import { createOverview, NO_OVERVIEW } from './overview.ts'
import { tool } from './part.ts'
import { remember, remembered } from './remembered.ts'
import { type Outcome, told } from './told.ts'

/** A minute of kills where somebody waits for it (docs/chaos.md), five where nobody does. */
const KILLS = process.env['CI'] ? ['--minutes', '5', '--kills', '75'] : []

/** Biome colours its report letter by letter wherever it runs, unless told. */
const COLOURS = process.stdout.isTTY ? '--colors=force' : '--colors=off'

/** Tests that wait for most of their time: for a repeated attempt, a lease that runs out, a process that starts. */
const WAITING = 'test/(sync|ops)/'

/** Everything that must hold. The first lane is as busy as two cores can be; the others mostly wait, and so run beside it. */
const EVERYTHING: Lanes = [
  [jest('tests', { args: [`--testPathIgnorePatterns=${WAITING}`], timeZone: 'UTC', seconds: 380 })],
  [
    check('type check', {
      args: [tool('typescript/bin/tsc'), '-p', 'tsconfig.json'],
      seconds: 5,
      again: 'npm run typecheck',
    }),
    check('lint and format', {
      args: [tool('@biomejs/biome/bin/biome'), 'ci', '--error-on-warnings', COLOURS],
      seconds: 2,
      again: 'npm run lint',
    }),
    jest('tests of sharing and of processes', { args: ['--maxWorkers=1', WAITING], timeZone: 'UTC', seconds: 350 }),
  ],
  [
    check('sharing while everything around it is killed', {
      args: ['test/chaos/run.js', '--short', ...KILLS],
      seconds: process.env['CI'] ? 310 : 70,
      again: ['npm run chaos -- --short', ...KILLS].join(' '),
    }),
    ...OTHER_ZONES.map((timeZone) =>
      jest(`tests about time, ${timeZone}`, { args: [ABOUT_TIME], timeZone, seconds: 15, counts: false }),
    ),
  ],
]

/** Jest alone, which shows by itself what it does. */
const runSome = (args: readonly string[], { line }: Progress): Promise<readonly Outcome[]> => {
  const timeZone = process.env['TZ'] ?? 'UTC'
  const some = jest(`tests: ${args.join(' ')}`, { args, timeZone, seconds: 0, watched: true })
  return runLanes([[some]], NO_OVERVIEW, line)
}

const runAll = async (progress: Progress): Promise<readonly Outcome[]> => {
  const known = remembered()
  const overview = createOverview(EVERYTHING, ({ name, seconds }) => known[name] ?? seconds, progress)
  const outcomes = await runLanes(EVERYTHING, overview, progress.line)
  const passed = outcomes.filter(({ found }) => found.failed === 0)
  remember(Object.fromEntries(passed.map(({ part, seconds }) => [part.name, Math.round(seconds)])))
  return outcomes
}

/** Runs everything, or Jest alone where it is given arguments; answers the exit code. */
export const main = async (args: readonly string[]): Promise<number> => {
  const progress = createProgress()
  const outcomes = await (args.length > 0 ? runSome(args, progress) : runAll(progress))
  process.stdout.write(told(outcomes))
  return outcomes.every(({ found }) => found.failed === 0) ? 0 : 1
}
