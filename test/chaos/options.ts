import { parseArgs } from 'node:util'

export type Options = Readonly<{
  kills: number
  minutes: number
  seed: number
  people: number
  keyplans: number
  rate: number
  withdrawals: number
  senders: number
  backlog: number
  rounds: number
  verbose: boolean
}>

const SETTINGS = {
  kills: { otherwise: 200, about: 'processes killed at random: KeyPlan, recipients, PostgreSQL' },
  minutes: { otherwise: 0, about: 'length of that, in minutes; fractions are allowed (3.6 s for each kill)' },
  seed: { otherwise: 0, about: 'what is chosen at random is chosen by this number (a new one each time)' },
  people: { otherwise: 500, about: 'people whose plans change' },
  keyplans: { otherwise: 2, about: 'KeyPlan processes' },
  rate: { otherwise: 8, about: 'changes a second while things are killed' },
  withdrawals: { otherwise: 200, about: 'withdrawals measured while nothing is broken; 0 leaves it out' },
  senders: { otherwise: 4, about: 'senders of a withdrawal killed in mid-send; 0 leaves it out' },
  backlog: { otherwise: 10_000, about: 'updates queued ahead of withdrawals; 0 leaves it out' },
  rounds: { otherwise: 1, about: 'rounds of the ten kinds of one bad recipient; 0 leaves it out' },
} as const

type Name = keyof typeof SETTINGS

/** A minute of everything, without what is measured in seconds: what holds here holds on any machine. */
const SHORT: Record<Name, number> = {
  kills: 15,
  minutes: 1,
  seed: 101,
  people: 40,
  keyplans: 2,
  rate: 8,
  withdrawals: 0,
  senders: 0,
  backlog: 0,
  rounds: 0,
}

const LEAST: readonly (readonly [Name, number])[] = [
  ['people', 2],
  ['keyplans', 1],
  ['rate', 1],
]

const SECONDS_FOR_EACH_KILL = 3.6

export const HELP = `npm run chaos -- [options]

Runs several KeyPlans on one PostgreSQL, and four recipients, each a process of its own behind a link that can be made faulty. Authors change and
withdraw plans through the API while processes are killed (kill -9), stand still, and links fail. Then everything is left alone, and what the
authors and the recipients remember is compared.

${Object.entries(SETTINGS)
  .map(
    ([name, { otherwise, about }]) =>
      `  --${`${name} N`.padEnd(15)} ${about}${otherwise === 0 ? '' : ` (${otherwise})`}`,
  )
  .join('\n')}
  --short           one minute, 15 kills, 40 people and nothing else, unless said otherwise
  --verbose         says what is broken, when
  --help            this text

The figures are printed, and written to .keyplan-chaos as JSON. The exit code is 0 only where every one holds; where one does not, the logs of all
processes are kept. docs/chaos.md says what each figure means.
`

const number = (name: Name, text: string): number => {
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && (name === 'minutes' || Number.isInteger(value))) return value
  throw new Error(`--${name} must be a number from 0, not "${text}".`)
}

/** The options of a command line; undefined where help is asked for. Throws an Error that names an option that is not understood. */
export const readOptions = (args: readonly string[]): Options | undefined => {
  const names = Object.keys(SETTINGS) as Name[]
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...Object.fromEntries(names.map((name) => [name, { type: 'string' as const }])),
      short: { type: 'boolean' as const },
      verbose: { type: 'boolean' as const },
      help: { type: 'boolean' as const, short: 'h' },
    },
  })
  const given: Readonly<Record<string, string | boolean | undefined>> = values
  if (given['help'] === true) return undefined
  const numbers = Object.fromEntries(
    names.map((name) => {
      const text = given[name]
      const otherwise = given['short'] === true ? SHORT[name] : SETTINGS[name].otherwise
      return [name, typeof text === 'string' ? number(name, text) : otherwise]
    }),
  ) as Record<Name, number>
  for (const [name, least] of LEAST) if (numbers[name] < least) throw new Error(`--${name} must be ${least} at least.`)
  return {
    ...numbers,
    minutes: numbers.minutes || (numbers.kills * SECONDS_FOR_EACH_KILL) / 60,
    seed: numbers.seed || Math.floor(Math.random() * 1_000_000) + 1,
    verbose: given['verbose'] === true,
  }
}
