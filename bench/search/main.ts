import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { Bundle } from 'fhir/r4.js'
import pg from 'pg'
import { TEST_CLIENTS } from '../../src/config.ts'
import { end } from '../child.ts'
import { type Measured, median } from '../figures.ts'
import { load } from '../load.ts'
import { createProgress, type Progress } from '../progress.ts'
import { machine, table, writeResults } from '../report.ts'
import { askFhir } from '../seeds.ts'
import { startKeyPlan, type Target, tokensOf } from '../stage.ts'
import { type Databases, KEPT, openDatabases } from './databases.ts'
import { personOf } from './person.ts'
import { openPlans, type Plan, type Plans } from './plans.ts'
import { randomOf } from './random.ts'
import { pathOf, SHAPES, type Shape, type Subject } from './shapes.ts'

export const SEARCH = {
  name: 'search',
  about: 'Ten shapes of search among 1,000, 10,000 or 100,000 persons: each is to cost the same.',
}

/** How much longer a search may take among the most persons than among the fewest. */
const TARGET = 1.5

const HELP = `npm run bench -- search [options]

${SEARCH.about}

Each size is a database of its own, filled with synthetic persons of 22 resources each, and a KeyPlan as shipped. For each shape it prints the
pages that PostgreSQL looks at and the time that it plans and runs, as EXPLAIN (ANALYZE, BUFFERS) says of the statements that KeyPlan sends; the
time of requests over HTTP; and how much longer they take (p50) among the most persons than among the fewest: ${TARGET} times at most is wanted.
The sizes take turns, and the ratio is the median of the rounds.

  --persons LIST    persons in the database, for each size (1000,10000); 100000 need 15 GB and a quarter of an hour, the first time
  --shapes TEXT     only the shapes whose name holds this text
  --seconds N       length of one turn (3)
  --rounds N        turns of each size; medians are reported (3)
  --connections N   requests under way at a time (1)
  --subjects N      persons who are asked for (200)
  --seed N          other persons (1)
  --clear           throws away first what earlier runs stored: it stays in ${KEPT}
  --help            this text

Results are printed and written to bench/results as JSON. The exit code is 1 where a request failed or found nothing.
`

type Options = Readonly<{
  persons: readonly number[]
  shapes: string
  seconds: number
  rounds: number
  connections: number
  subjects: number
  seed: number
  clear: boolean
}>

/** A KeyPlan with so many persons, and those of them who are asked for. */
type Size = Readonly<{ persons: number; target: Target; plans: Plans; subjects: readonly Subject[] }>

type SizeResult = Readonly<{ persons: number; plan: Plan; rounds: readonly Measured[]; p50: number; p99: number }>
type ShapeResult = Readonly<{ shape: string; sizes: readonly SizeResult[]; ratio: number | undefined }>

/** Runs the benchmark of searches; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  let options: Options
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        persons: { type: 'string', default: '1000,10000' },
        shapes: { type: 'string', default: '' },
        seconds: { type: 'string', default: '3' },
        rounds: { type: 'string', default: '3' },
        connections: { type: 'string', default: '1' },
        subjects: { type: 'string', default: '200' },
        seed: { type: 'string', default: '1' },
        clear: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) {
      process.stdout.write(HELP)
      return 0
    }
    options = {
      ...values,
      persons: values.persons
        .split(',')
        .map((each) => wholeNumber('--persons', each))
        .toSorted((a, b) => a - b),
      seconds: wholeNumber('--seconds', values.seconds),
      rounds: wholeNumber('--rounds', values.rounds),
      connections: wholeNumber('--connections', values.connections),
      subjects: wholeNumber('--subjects', values.subjects),
      seed: wholeNumber('--seed', values.seed),
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
  const shapes = SHAPES.filter(({ name }) => name.includes(options.shapes))
  if (shapes.length === 0)
    throw new Error(`No shape holds "${options.shapes}". There are: ${SHAPES.map(({ name }) => name).join(', ')}.`)
  const progress = createProgress()
  progress.line(
    `${machine()}: ${options.persons.join(', ')} persons, ${options.rounds} rounds of ${options.seconds} s each`,
  )
  const undo: (() => Promise<unknown>)[] = []
  const stop = async (): Promise<void> => {
    for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
  }
  const interrupted = (): void => void stop().finally(() => process.exit(130))
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted)
  try {
    const folder = await mkdtemp(join(tmpdir(), 'keyplan-bench-'))
    undo.push(() => rm(folder, { recursive: true, force: true }))
    const databases = await openDatabases(options)
    undo.push(() => databases.stop())
    const sizes: Size[] = []
    for (const persons of options.persons)
      sizes.push(await openSize(databases, folder, persons, options, undo, progress))
    const results: ShapeResult[] = []
    for (const shape of shapes) results.push(await measure(shape, sizes, options, progress))
    progress.clear()
    const path = await writeResults({ run: { arguments: args, ...options }, search: { target: TARGET, results } })
    process.stdout.write(`\n${shown(results)}\n\nWritten to ${relative(process.cwd(), path)}\n`)
  } finally {
    progress.clear()
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
    await stop()
  }
}

const openSize = async (
  databases: Databases,
  folder: string,
  persons: number,
  { seed, subjects: wanted }: Options,
  undo: (() => Promise<unknown>)[],
  progress: Progress,
): Promise<Size> => {
  const label = `${persons.toLocaleString('en-GB')} persons`
  const url = await databases.open(persons, (text, part) => progress.show(`${label}: ${text}`, part))
  progress.show(`${label}: starting KeyPlan`, 1)
  const data = join(folder, String(persons))
  await mkdir(data)
  const keyplan = await startKeyPlan(data, url)
  undo.push(() => end(keyplan.child))
  const plans = await openPlans(url, await organizationOf('gp-practice'))
  undo.push(() => plans.close())
  const target = { name: label, url: keyplan.url, path: '/fhir', token: await tokensOf(keyplan.url) }
  return { persons, target, plans, subjects: await subjectsOf(url, persons, seed, wanted) }
}

const organizationOf = async (client: string): Promise<string> =>
  (JSON.parse(await readFile(join(TEST_CLIENTS, `${client}.json`), 'utf8')) as { organization: { ods: string } })
    .organization.ods

/** Persons here and there who may be seen, each with another of the moments after which some hundred plans were changed. */
const subjectsOf = async (url: string, persons: number, seed: number, wanted: number): Promise<readonly Subject[]> => {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client
    .query<{ since: string }>(
      `select last_updated as since from resource where type = 'CarePlan' order by last_updated desc offset 60 limit 80`,
    )
    .finally(() => client.end())
  const random = randomOf(`${seed} subjects`)
  const subjects: Subject[] = []
  while (subjects.length < wanted) {
    const { known, sharing } = personOf(seed, Math.floor(random() * persons))
    const since = rows[subjects.length % rows.length]?.since
    if (sharing === 'permitted' && since !== undefined) subjects.push({ ...known, since })
  }
  return subjects
}

/** How many persons PostgreSQL explains its statements of. */
const EXPLAINED = 15

const measure = async (
  shape: Shape,
  sizes: readonly Size[],
  { rounds, seconds, connections }: Options,
  progress: Progress,
): Promise<ShapeResult> => {
  const plans = new Map<Size, Plan>()
  const measured = new Map<Size, Measured[]>(sizes.map((size) => [size, []]))
  for (const size of sizes) {
    progress.show(`${shape.name}: ${size.target.name}: plans`, 0)
    await checkFinds(shape, size)
    plans.set(size, await size.plans.of(shape, size.subjects.slice(0, EXPLAINED)))
  }
  const turns = (rounds + 1) * sizes.length
  let done = 0
  // What comes before the first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const size of round % 2 === 0 ? sizes : sizes.toReversed()) {
      const span = { from: done / turns, to: (done + 1) / turns, seconds }
      done += 1
      const requests = size.subjects.map((subject) => ({ method: 'GET' as const, path: pathOf(shape, subject) }))
      const turn = await progress.during(`${shape.name}: ${size.target.name}`, span, () =>
        load(size.target, requests, { connections, seconds }),
      )
      if (round > 0) measured.get(size)?.push(turn)
    }
  }
  const results = sizes.map((size): SizeResult => {
    const turns = measured.get(size) as readonly Measured[]
    return {
      persons: size.persons,
      plan: plans.get(size) as Plan,
      rounds: turns,
      p50: median(turns.map(({ p50 }) => p50)),
      p99: median(turns.map(({ p99 }) => p99)),
    }
  })
  const fewest = results[0] as SizeResult
  const most = results.at(-1) as SizeResult
  const ratio =
    results.length < 2
      ? undefined
      : median(most.rounds.map(({ p50 }, round) => p50 / (fewest.rounds[round]?.p50 ?? Number.NaN)))
  progress.line(
    `  ${shape.name}: ${results.map(({ p50 }) => p50.toFixed(1)).join(', ')} ms (p50)${ratio === undefined ? '' : `, ratio ${ratio.toFixed(2)}`}`,
  )
  return { shape: shape.name, sizes: results, ratio }
}

/** Throws where a search does not find the person or what belongs to them: nothing is quicker to find than nothing. */
const checkFinds = async (shape: Shape, { target, subjects }: Size): Promise<void> => {
  let found = 0
  const asked = subjects.slice(0, EXPLAINED)
  for (const subject of asked) {
    const { entry = [] } = await askFhir<Bundle>(target, 'GET', pathOf(shape, subject))
    if (entry.some(({ search }) => search?.mode === 'match')) found += 1
  }
  // A plan may have another status than the one that is asked for.
  if (found < asked.length / 2)
    throw new Error(`${shape.name} among ${target.name} found something for ${found} of ${asked.length} only.`)
}

const shown = (results: readonly ShapeResult[]): string =>
  table([
    ['', 'persons', 'pages', 'plan ms', 'run ms', 'p50 ms', 'p99 ms', 'ratio', 'target', 'read whole'],
    ...results.flatMap(({ shape, sizes, ratio }) =>
      sizes.map(({ persons, plan, p50, p99 }, index) => [
        index === 0 ? shape : '',
        persons.toLocaleString('en-GB'),
        plan.buffers.toFixed(0),
        plan.planningMs.toFixed(2),
        plan.executionMs.toFixed(2),
        p50.toFixed(2),
        p99.toFixed(2),
        index < sizes.length - 1 ? '' : (ratio?.toFixed(2) ?? ''),
        index < sizes.length - 1 || ratio === undefined ? '' : `${TARGET} ${ratio <= TARGET ? 'reached' : 'missed'}`,
        plan.scanned.join(' ') || 'nothing',
      ]),
    ),
  ])
