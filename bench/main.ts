import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Benchmark, Case } from './benchmark.ts'
import { create } from './benchmarks/create.ts'
import { emergency } from './benchmarks/emergency.ts'
import { read } from './benchmarks/read.ts'
import { searchPatient } from './benchmarks/search-patient.ts'
import { submit } from './benchmarks/submit.ts'
import { transaction } from './benchmarks/transaction.ts'
import { DECIDE, main as decide } from './decide/main.ts'
import { FAN_OUT, main as fanOut } from './fanout/main.ts'
import { type Round, summarize } from './figures.ts'
import { load } from './load.ts'
import { createProgress, type Progress } from './progress.ts'
import { type CaseResult, machine, RESULTS, type Run, resultsTable, writeResults } from './report.ts'
import { SEARCH, main as search } from './search/main.ts'
import { createSeeds } from './seeds.ts'
import { openStage, type Stage } from './stage.ts'
import { VALIDATE, main as validate } from './validate/main.ts'

/** Every benchmark; `all` runs them in this order. */
const BENCHMARKS: readonly Benchmark[] = [emergency, read, searchPatient, create, submit, transaction]

const HELP = `npm run bench -- NAME... [options]

Measures KeyPlan, with authentication and audit on, against the floor: bare node:http and pg, which serve the same bytes from the same
PostgreSQL with one statement. Both get the same load in turns, in one run; what counts is the ratio of their throughputs.

${BENCHMARKS.map(({ name, about }) => `  ${name.padEnd(15)} ${about}`).join('\n')}
  all             all of them

${[FAN_OUT, SEARCH, VALIDATE].map(({ name, about }) => `  ${name.padEnd(15)} ${about}\n                  By itself and with options of its own: npm run bench -- ${name} --help`).join('\n')}

  ${DECIDE.name.padEnd(15)} ${DECIDE.about}

  --seconds N       length of one turn (5)
  --rounds N        turns of each; medians are reported (5)
  --connections N   requests under way at a time (16)
  --people N        people with a plan who are stored first (300)
  --profile         writes a CPU profile of KeyPlan to bench/results, for the developer tools of a browser
  --help            this text

Results are printed and written to bench/results as JSON. The exit code is 1 where a request failed.
`

type Options = Run & Readonly<{ profile: boolean }>

/** Runs the benchmarks that the command line names; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  if (args[0] === DECIDE.name) return decide()
  if (args[0] === FAN_OUT.name) return fanOut(args.slice(1))
  if (args[0] === SEARCH.name) return search(args.slice(1))
  if (args[0] === VALIDATE.name) return validate(args.slice(1))
  let options: Options
  let benchmarks: readonly Benchmark[]
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seconds: { type: 'string', default: '5' },
        rounds: { type: 'string', default: '5' },
        connections: { type: 'string', default: '16' },
        people: { type: 'string', default: '300' },
        profile: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help || positionals.length === 0) {
      process.stdout.write(HELP)
      return values.help ? 0 : 2
    }
    benchmarks = chosen(positionals)
    options = {
      arguments: args,
      seconds: wholeNumber('--seconds', values.seconds),
      rounds: wholeNumber('--rounds', values.rounds),
      connections: wholeNumber('--connections', values.connections),
      people: wholeNumber('--people', values.people),
      profile: values.profile,
    }
  } catch (error) {
    process.stderr.write(`bench: ${(error as Error).message}\n`)
    return 2
  }
  try {
    await run(benchmarks, options)
    return 0
  } catch (error) {
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`)
    return 1
  }
}

const chosen = (names: readonly string[]): readonly Benchmark[] =>
  names.includes('all')
    ? BENCHMARKS
    : names.map((name) => {
        const found = BENCHMARKS.find((benchmark) => benchmark.name === name)
        if (found !== undefined) return found
        throw new Error(
          `there is no benchmark "${name}". There are ${BENCHMARKS.map((each) => each.name).join(', ')}, and all.`,
        )
      })

const wholeNumber = (option: string, text: string): number => {
  if (/^[1-9]\d{0,5}$/.test(text)) return Number(text)
  throw new Error(`${option} must be a whole number from 1, not "${text}".`)
}

const run = async (benchmarks: readonly Benchmark[], options: Options): Promise<void> => {
  const progress = createProgress()
  progress.line(
    `${machine()}: ${options.rounds} rounds of ${options.seconds} s each, ${options.connections} connections`,
  )
  progress.show('starting', 0)
  const stage = await openStage(options.profile ? { profileFolder: RESULTS } : {})
  const interrupted = (): void => void stage.stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const seeds = createSeeds(stage, options.people, (done) =>
      progress.show(`storing people: ${done} of ${options.people}`, done / options.people),
    )
    const results: CaseResult[] = []
    const facts: Record<string, readonly string[]> = {}
    for (const benchmark of benchmarks) {
      progress.line(`\n${benchmark.name}: ${benchmark.about}`)
      for (const one of await benchmark.cases(stage, seeds)) {
        const rounds = await inTurns(stage, one, options, progress)
        results.push({
          benchmark: benchmark.name,
          name: one.name,
          target: one.target,
          rounds,
          summary: summarize(rounds),
        })
      }
      const found = await benchmark.facts?.(stage, seeds)
      if (found !== undefined) {
        facts[benchmark.name] = found
        for (const line of found) progress.line(`  ${line}`)
      }
    }
    progress.clear()
    const { profile: _, ...made } = options
    const path = await writeResults({ run: made, results, facts })
    process.stdout.write(`\n${resultsTable(results)}\n`)
    for (const line of Object.values(facts).flat()) process.stdout.write(`${line}\n`)
    process.stdout.write(`\nWritten to ${relative(process.cwd(), path)}\n`)
  } finally {
    progress.clear()
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stage.stop()
  }
}

/** Rounds of a case, KeyPlan and the floor in turns, the first of the two changing; what comes before the first round only warms up. */
const inTurns = async (
  stage: Stage,
  { name, requests }: Case,
  { connections, seconds, rounds }: Options,
  progress: Progress,
): Promise<readonly Round[]> => {
  await stage.settle()
  const turns = 2 * (rounds + 1)
  let done = 0
  const turn = (side: 'keyplan' | 'floor') => {
    const target = stage[side]
    const span = { from: done / turns, to: (done + 1) / turns, seconds }
    done += 1
    return progress.during(`${name}: ${target.name}`, span, () => load(target, requests, { connections, seconds }))
  }
  await turn('floor')
  await turn('keyplan')
  const measured: Round[] = []
  for (let number = 1; number <= rounds; number++) {
    const first = number % 2 === 1 ? await turn('keyplan') : await turn('floor')
    const second = number % 2 === 1 ? await turn('floor') : await turn('keyplan')
    const round = number % 2 === 1 ? { keyplan: first, floor: second } : { keyplan: second, floor: first }
    measured.push(round)
    progress.line(
      `  ${name}, round ${number} of ${rounds}: KeyPlan ${Math.round(round.keyplan.perSecond)}/s, floor ${Math.round(round.floor.perSecond)}/s, ratio ${(round.keyplan.perSecond / round.floor.perSecond).toFixed(2)}`,
    )
  }
  return measured
}
