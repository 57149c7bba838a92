import { storedAs } from '../definitions/search-parameters.ts'
import type {
  CompositeTest,
  Condition,
  DateTest,
  Kind,
  NumberTest,
  QuantityTest,
  Rows,
  StringTest,
  TokenTest,
} from './query/query.ts'
import { belowMediaType } from './query/token.ts'
import { stemsOf } from './sql/rows.ts'
import type { Pair, SearchValues } from './values.ts'
import type { Token } from './values-of.ts'

/** A resource as a condition looks at it: what its row has, and what it is found by. */
export type Subject = Readonly<{ type: string; id: string /** Instant. */; lastUpdated: string; values: SearchValues }>

/**
 * Whether a condition holds of a resource: what its SQL form (`sql/within.ts`) says of the same values once they are stored. Hierarchies, chains and `_has`, which
 * are about other resources, cannot be told and throw.
 */
export const holds = (condition: Condition, subject: Subject): boolean => {
  switch (condition.on) {
    case 'id':
      return condition.ids.includes(subject.id)
    case 'updated':
      return condition.alternatives.some((test) => instantHolds(test, Date.parse(subject.lastUpdated)))
    case 'not':
      return !holds(condition.of, subject)
    case 'any':
      return condition.of.some((one) => holds(one, subject))
    case 'present':
      return rowsOf(subject, condition.kind, [condition.parameter]).length > 0
    case 'hierarchy':
    case 'chain':
    case 'has':
      throw new Error('What is about other resources cannot be told of one')
    default:
      return rowsHold(condition, subject)
  }
}

const KEYS = {
  token: 'tokens',
  reference: 'references',
  string: 'strings',
  date: 'dates',
  number: 'numbers',
  quantity: 'quantities',
  uri: 'uris',
  composite: 'composites',
} as const satisfies Record<Kind, keyof SearchValues>

const rowsOf = <On extends Kind>(
  { type, values }: Subject,
  kind: On,
  parameters: readonly string[],
): SearchValues[(typeof KEYS)[On]] => {
  const stored = parameters.map((parameter) => storedAs(type, parameter))
  const rows: readonly Readonly<{ parameter: string }>[] = values[KEYS[kind]]
  return rows.filter(({ parameter }) => stored.includes(parameter)) as unknown as SearchValues[(typeof KEYS)[On]]
}

const rowsHold = (rows: Rows, subject: Subject): boolean => {
  switch (rows.on) {
    case 'token':
      return rowsOf(subject, 'token', [rows.parameter]).some((row) =>
        rows.alternatives.some((test) =>
          rows.match === 'media-type' ? mediaTypeHolds(test, row) : tokenHolds(test, row),
        ),
      )
    case 'reference':
      return rowsOf(subject, 'reference', rows.parameters).some((row) =>
        rows.alternatives.some(({ type, id }) => row.id === id && (type === undefined || row.type === type)),
      )
    case 'string':
      return rowsOf(subject, 'string', [rows.parameter]).some((row) =>
        rows.alternatives.some((test) => stringHolds(test, rows.match, row)),
      )
    case 'date':
      return rowsOf(subject, 'date', [rows.parameter]).some(({ low, high }) =>
        rows.alternatives.some((test) => dateHolds(test, low, high)),
      )
    case 'number':
      return rowsOf(subject, 'number', [rows.parameter]).some((row) =>
        rows.alternatives.some((test) => numberHolds(test, row)),
      )
    case 'quantity':
      return rowsOf(subject, 'quantity', [rows.parameter]).some((row) =>
        rows.alternatives.some((test) => quantityHolds(test, row, row)),
      )
    case 'uri':
      return rowsOf(subject, 'uri', [rows.parameter]).some(({ value }) =>
        rows.alternatives.some((uri) => uriHolds(uri, rows.match, value)),
      )
    case 'composite':
      return rowsOf(subject, 'composite', [rows.parameter]).some((row) =>
        rows.alternatives.some(({ first, second }) => tokenHolds(first, row) && secondHolds(second, row)),
      )
  }
}

const tokenHolds = ({ system, code }: TokenTest, row: Token): boolean =>
  (code === undefined || row.code === code) && (system === undefined || row.system === system)

const mediaTypeHolds = ({ code = '' }: TokenTest, row: Token): boolean =>
  row.code === code || row.code.startsWith(belowMediaType(code))

const stringHolds = (
  { value, exact }: StringTest,
  match: 'starts' | 'exact' | 'contains',
  row: Readonly<{ value: string; exact: string }>,
): boolean => {
  if (match === 'exact') return row.value === value && row.exact === exact
  return match === 'starts' ? row.value.startsWith(value) : row.value.includes(value)
}

const uriHolds = (uri: string, match: Extract<Rows, { on: 'uri' }>['match'], value: string): boolean => {
  if (match === 'exact') return value === uri
  if (match === 'version') return value === uri || (uri.includes('|') && value.startsWith(`${uri}.`))
  if (match === 'above') return stemsOf(uri).includes(value)
  const stem = uri.replace(/\/$/, '')
  return value === stem || value.startsWith(`${stem}/`)
}

const dateHolds = ({ prefix, low, high }: DateTest, from: string, to: string): boolean => {
  const [start, end] = [Date.parse(low), Date.parse(high)]
  const [since, until] = [Date.parse(from), Date.parse(to)]
  switch (prefix) {
    case 'eq':
      return since >= start && until <= end
    case 'ne':
      return since < start || until > end
    case 'gt':
      return until > end
    case 'lt':
      return since < start
    case 'ge':
      return until > end || since >= start
    case 'le':
      return since < start || until <= end
    case 'sa':
      return since >= end
    case 'eb':
      return until <= start
    case 'ap':
      return since < end && until > start
  }
}

const instantHolds = ({ prefix, low, high }: DateTest, at: number): boolean => {
  const [start, end] = [Date.parse(low), Date.parse(high)]
  switch (prefix) {
    case 'eq':
    case 'ap':
      return at >= start && at < end
    case 'ne':
      return at < start || at >= end
    case 'gt':
    case 'sa':
      return at >= end
    case 'lt':
    case 'eb':
      return at < start
    case 'ge':
      return at >= start
    case 'le':
      return at < end
  }
}

type Bounds = Readonly<{ low: string; high: string }>

const numberHolds = ({ prefix, value, low, high }: NumberTest, row: Bounds): boolean => {
  switch (prefix) {
    case 'eq':
      return compare(row.low, low) >= 0 && compare(row.low, high) < 0 && compare(row.high, high) < 0
    case 'ne':
      return compare(row.low, low) < 0 || compare(row.high, high) >= 0
    case 'gt':
      return compare(row.high, value) > 0
    case 'lt':
      return compare(row.low, value) < 0
    case 'ge':
      return compare(row.high, value) >= 0
    case 'le':
      return compare(row.low, value) <= 0
    case 'sa':
      return compare(row.low, value) > 0
    case 'eb':
      return compare(row.high, value) < 0
    case 'ap':
      return compare(row.low, high) <= 0 && compare(row.high, low) >= 0
  }
}

const quantityHolds = (test: QuantityTest, unit: TokenTest, row: Bounds): boolean =>
  numberHolds(test, row) &&
  (test.code === undefined || unit.code === test.code) &&
  (test.system === undefined || unit.system === test.system)

/** A column that a pair has no value in holds nothing. */
const secondHolds = (
  second: CompositeTest['second'],
  { valueSystem: system, valueCode: code, valueText: text, low, high, since, until }: Pair,
): boolean => {
  switch (second.on) {
    case 'token':
      return system !== undefined && code !== undefined && tokenHolds(second.test, { system, code })
    case 'string':
      return text?.startsWith(second.test.value) === true
    case 'date':
      return since !== undefined && until !== undefined && dateHolds(second.test, since, until)
    case 'number':
      return low !== undefined && high !== undefined && numberHolds(second.test, { low, high })
    case 'quantity':
      return low !== undefined && high !== undefined && quantityHolds(second.test, { system, code }, { low, high })
  }
}

/** Which of two numerals is the greater, as PostgreSQL's `numeric` has it: negative, 0 or positive. Exact, however many digits they have. */
const compare = (one: string, other: string): number => {
  const [a, b] = [Number(one), Number(other)]
  if (!Number.isFinite(a) || !Number.isFinite(b)) return a === b ? 0 : a < b ? -1 : 1
  const [left, right] = [scaled(one), scaled(other)]
  // Each in units so small that both are whole.
  const difference =
    left.units * 10n ** positive(right.scale - left.scale) - right.units * 10n ** positive(left.scale - right.scale)
  return difference === 0n ? 0 : difference < 0n ? -1 : 1
}

const positive = (number: bigint): bigint => (number > 0n ? number : 0n)

/** A numeral as a whole number of units of 10^-scale. */
const scaled = (numeral: string): { units: bigint; scale: bigint } => {
  const [, sign, whole = '', fraction = '', exponent = '0'] =
    /^([+-]?)(\d*)\.?(\d*)(?:e([+-]?\d+))?$/i.exec(numeral) ?? []
  const magnitude = BigInt(whole + fraction)
  return { units: sign === '-' ? -magnitude : magnitude, scale: BigInt(fraction.length) - BigInt(exponent) }
}
