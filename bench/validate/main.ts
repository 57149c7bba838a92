import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import type { FhirResource } from 'fhir/r4.js'
import { BASE } from '../../src/definitions/base.ts'
import { isError } from '../../src/fhir/outcome.ts'
import { validateStructure } from '../../src/validation/validate.ts'
import { createValidator, type Validator } from '../../src/validation/validator.ts'
import { median } from '../figures.ts'
import { createProgress, type Progress } from '../progress.ts'
import { machine, table, writeResults } from '../report.ts'
import { commandFigures } from './command.ts'
import { type Counts, falseOnes } from './counts.ts'
import { loadMedplum, medplumAccepts, profileOf } from './medplum.ts'
import { plainAjv } from './plain-schema.ts'
import { type Subject, structureSubjects, subjects } from './subjects.ts'

export const VALIDATE = {
  name: 'validate',
  about:
    'The validator beside that of @medplum/core, its structure check beside plain ajv, and keyplan validate as a person runs it.',
}

/** How many times as fast as Medplum it is to be, and how many times as long as plain ajv the structure check may take. */
const TARGETS = { medplum: 10, ajv: 2, firstResult: 400, seconds: 3, megabytes: 150 }

const HELP = `npm run bench -- validate [options]

${VALIDATE.about}

Both validate the same resources in turns, in one process; what counts is the ratio of the same round, of which the median is told. Medplum is
given R4's definitions as they were published and one profile at most, which is all that it takes; KeyPlan checks all rules, terminology and all
profiles. Then it is counted what each took for valid that is not, and the other way round.

  --rounds N        rounds; medians are reported (5)
  --milliseconds N  length of one turn, in processor time (400)
  --help            this text

Results are printed and written to bench/results as JSON.
`

/** Resources a second of processor time, which other load on the machine changes less than the clock: over and over the same list, for so long. */
const perSecond = (
  resources: readonly FhirResource[],
  work: (resource: FhirResource) => unknown,
  milliseconds: number,
): number => {
  const started = process.cpuUsage()
  let done = 0
  let elapsed = 0
  do {
    for (const resource of resources) work(resource)
    done += resources.length
    const { user, system } = process.cpuUsage(started)
    elapsed = (user + system) / 1_000
  } while (elapsed < milliseconds)
  return (1_000 * done) / elapsed
}

type Beside = Readonly<{ name: string; ours: number; theirs: number; ratio: number; lowest: number; highest: number }>

/** V8 goes on compiling while hundreds of different resources are new to it: after so many milliseconds of each what counts is what a service does all day. */
const WARM_UP = 6_000

/** Two ways to do the same work in turns, after both have warmed up. */
const inTurns = (
  name: string,
  resources: readonly FhirResource[],
  ours: (resource: FhirResource) => unknown,
  theirs: (resource: FhirResource) => unknown,
  { rounds, milliseconds }: Options,
): Beside => {
  perSecond(resources, ours, WARM_UP)
  perSecond(resources, theirs, WARM_UP)
  const turns = Array.from({ length: rounds }, (): readonly [number, number] => [
    perSecond(resources, ours, milliseconds),
    perSecond(resources, theirs, milliseconds),
  ])
  const ratios = turns.map(([one, other]) => one / other)
  return {
    name,
    ours: median(turns.map(([one]) => one)),
    theirs: median(turns.map(([, other]) => other)),
    ratio: median(ratios),
    lowest: Math.min(...ratios),
    highest: Math.max(...ratios),
  }
}

type Options = Readonly<{ rounds: number; milliseconds: number }>

/** What is broken is left early, or looked at twice: a subject of its own is to be what is exchanged. Throws where it has an error. */
const mustBeValid = (name: string, resource: unknown, validator: Validator): void => {
  const error = validator.validate(resource).findings.find(isError)
  if (error !== undefined) throw new Error(`The subject ${name} is not valid: ${error.expression}: ${error.text}`)
}

const number = (value: number): string => Math.round(value).toLocaleString('en-GB')

const besideTable = (theirs: string, rows: readonly Beside[]): string =>
  table([
    ['', 'KeyPlan/s', `${theirs}/s`, 'ratio', 'rounds'],
    ...rows.map((row) => [
      row.name,
      number(row.ours),
      number(row.theirs),
      row.ratio.toFixed(2),
      `${row.lowest.toFixed(2)}–${row.highest.toFixed(2)}`,
    ]),
  ])

const countsTable = (rows: readonly Counts[]): string =>
  table([
    ['', 'cases', 'KeyPlan: false accepts', 'false rejects', 'Medplum: false accepts', 'false rejects'],
    ...rows.map(({ of, cases, ours, medplum }) =>
      [of, cases, ours.falseAccepts, ours.falseRejects, medplum.falseAccepts, medplum.falseRejects].map(String),
    ),
  ])

const measure = async (options: Options, progress: Progress): Promise<void> => {
  progress.line(`${machine()}: ${options.rounds} rounds of ${options.milliseconds} ms each`)
  const validator = createValidator(BASE)
  const known = new Map<FhirResource, ReturnType<typeof profileOf>>()
  const all = subjects()
  const given = ({ forMedplum = (resource: FhirResource) => [resource] }: Subject) => forMedplum
  for (const { name, resources } of all) if (resources.length === 1) mustBeValid(name, resources[0], validator)
  for (const subject of all)
    for (const resource of subject.resources.flatMap(given(subject))) known.set(resource, profileOf(resource, BASE))
  loadMedplum()

  const beside: Beside[] = []
  for (const subject of all) {
    const { name, resources } = subject
    progress.show(`${name}: KeyPlan and Medplum`, beside.length / all.length)
    const medplum = (resource: FhirResource): unknown =>
      given(subject)(resource).map((one) => medplumAccepts(one, known.get(one)))
    beside.push(inTurns(name, resources, (resource) => validator.validate(resource), medplum, options))
  }
  const structure: Beside[] = []
  const shapes = structureSubjects()
  for (const { name, resources } of shapes) {
    progress.show(`${name}: structure, and plain ajv`, structure.length / shapes.length)
    const plain = plainAjv(resources[0]?.resourceType ?? '')
    structure.push(inTurns(name, resources, validateStructure, (resource) => plain(resource), options))
  }
  progress.show('counting what each gets wrong', 0.5)
  const counts = falseOnes(validator)
  progress.show('keyplan validate', 0.5)
  const command = await commandFigures(options.rounds)
  progress.clear()
  const path = await writeResults({ run: options, targets: TARGETS, beside, structure, counts, command })
  process.stdout.write(`
All rules, beside Medplum's validateResource (${TARGETS.medplum} times as fast is wanted). It does not look into the entries of a Bundle;
in the row "entries given as well" it is given each of them besides, as KeyPlan looks at them
${besideTable('Medplum', beside)}

Structure, invariants and narrative, as every write is checked, beside plain ajv, which looks at structure alone (at least 1/${TARGETS.ajv} of its speed is wanted)
${besideTable('ajv', structure)}

What each got wrong, of the same cases
${countsTable(counts)}

keyplan validate: first result after ${Math.round(command.firstResult)} ms (${TARGETS.firstResult} wanted); ${command.files} official examples in ${command.seconds.toFixed(1)} s (${TARGETS.seconds} wanted)
With the Bundles of definitions, 107 MB, ${command.allFiles} files in ${command.allSeconds.toFixed(1)} s
Memory with R4 and our package loaded: ${command.megabytes} MB (${TARGETS.megabytes} wanted)

Written to ${relative(process.cwd(), path)}
`)
}

/** Runs the benchmark of the validator; answers the exit code: 0 done, 1 failed, 2 not understood. */
export const main = async (args: readonly string[]): Promise<number> => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '5' },
      milliseconds: { type: 'string', default: '400' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  })
  const options = { rounds: Number(values.rounds), milliseconds: Number(values.milliseconds) }
  if (values.help) {
    process.stdout.write(HELP)
    return 0
  }
  if (!(options.rounds >= 1 && options.milliseconds >= 1)) {
    process.stderr.write('bench validate: --rounds and --milliseconds must be whole numbers from 1.\n')
    return 2
  }
  await measure(options, createProgress())
  return 0
}
