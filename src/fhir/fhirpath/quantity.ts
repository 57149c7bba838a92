/** Quantities in the units that can be compared without a terminology: the same unit, or two of one row below (http://hl7.org/fhirpath/N1/#quantity). */
import { isObject } from './item.ts'

export type Quantity = Readonly<{ value: number; unit: string }>

const UCUM = 'http://unitsofmeasure.org'

const PREFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  c: 1e-2,
  d: 1e-1,
  '': 1,
  h: 1e2,
  k: 1e3,
}

const metric = (dimension: string, ...units: readonly string[]): [string, { dimension: string; factor: number }][] =>
  units.flatMap((unit) =>
    Object.entries(PREFIXES).map(([prefix, factor]): [string, { dimension: string; factor: number }] => [
      prefix + unit,
      { dimension, factor },
    ]),
  )

const SCALES = new Map<string, { dimension: string; factor: number }>([
  ...metric('mass', 'g'),
  ...metric('length', 'm'),
  ...metric('volume', 'L', 'l'),
  ...metric('amount', 'mol'),
  ['ms', { dimension: 'time', factor: 0.001 }],
  ['s', { dimension: 'time', factor: 1 }],
  ['min', { dimension: 'time', factor: 60 }],
  ['h', { dimension: 'time', factor: 3600 }],
  ['d', { dimension: 'time', factor: 86_400 }],
  ['wk', { dimension: 'time', factor: 604_800 }],
  ['mo', { dimension: 'calendar', factor: 1 }],
  ['a', { dimension: 'calendar', factor: 12 }],
  ['[in_i]', { dimension: 'length', factor: 0.0254 }],
  ['[ft_i]', { dimension: 'length', factor: 0.3048 }],
  ['[lb_av]', { dimension: 'mass', factor: 453.592_37 }],
  ['%', { dimension: 'ratio', factor: 0.01 }],
  ['1', { dimension: 'ratio', factor: 1 }],
])

/** The UCUM codes of the words for spans of time. A calendar year is no UCUM year, but equivalent to one here. */
const CALENDAR: Readonly<Record<string, string>> = {
  year: 'a',
  month: 'mo',
  week: 'wk',
  day: 'd',
  hour: 'h',
  minute: 'min',
  second: 's',
  millisecond: 'ms',
}
const CALENDAR_OF = new Map(Object.entries(CALENDAR).map(([word, code]) => [code, word]))

/** The word for a span of time (`day`) that a unit is, where it is one. */
export const calendarUnit = (unit: string): string | undefined =>
  Object.hasOwn(CALENDAR, unit) ? unit : CALENDAR_OF.get(unit)

/** The quantity that a value of FHIR or of System is; undefined without a number, and for one that says "less than". */
export const readQuantity = (value: unknown): Quantity | undefined => {
  if (!isObject(value) || typeof value['value'] !== 'number' || value['comparator'] !== undefined) return undefined
  const { value: number, unit, code, system, currency } = value
  if (typeof currency === 'string') return { value: number, unit: `currency:${currency}` }
  if (code !== undefined && system !== undefined)
    return { value: number, unit: system === UCUM ? String(code) : `${String(system)}|${String(code)}` }
  return { value: number, unit: typeof unit === 'string' ? unit : '1' }
}

/** What a unit of UCUM measures, of those that can be compared with others: `time`, `calendar` (months and years), `length`, `mass` … */
export const dimensionOf = (unit: string): string | undefined => SCALES.get(unit)?.dimension

const unitCode = (unit: string): string => (Object.hasOwn(CALENDAR, unit) ? (CALENDAR[unit] as string) : unit)

/** Negative, zero or positive; undefined where the units cannot be compared. */
export const compareQuantities = (left: Quantity, right: Quantity): number | undefined => {
  const [from, to] = [unitCode(left.unit), unitCode(right.unit)]
  if (from === to) return left.value - right.value
  const [one, other] = [SCALES.get(from), SCALES.get(to)]
  if (one === undefined || other === undefined || one.dimension !== other.dimension) return undefined
  const [a, b] = [left.value * one.factor, right.value * other.factor]
  return Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b)) ? 0 : a - b
}
