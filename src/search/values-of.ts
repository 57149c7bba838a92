import type {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  HumanName,
  Identifier,
  Money,
  Period,
  Quantity,
  Range,
  Reference,
  SampledData,
  Timing,
} from 'fhir/r4.js'
import { decimalText } from '../fhir/decimal.ts'
import type { Found } from '../fhir/path.ts'
import { parseReference, type Resource } from '../fhir/resource.ts'
import { BEGINNING, END, type Stretch, stretchOf } from './dates.ts'
import { numeric } from './numbers.ts'

/** What one element says, as it is compared in each type of search (http://hl7.org/fhir/R4/search.html#table). */

export type Token = Readonly<{ system: string; code: string }>
export type Target = Readonly<{ type: string; id: string }>
/** Both ends included, as texts of numerals or `Infinity`, `-Infinity`. */
export type Interval = Readonly<{ low: string; high: string }>
export type Amount = Token & Interval

type Of<Value> = (found: Found) => readonly Value[]

const NONE: readonly never[] = []

const token = (system: string | undefined, code: string | undefined): readonly Token[] =>
  code === undefined ? NONE : [{ system: system ?? '', code }]

const codings = ({ value, type }: Found): readonly Coding[] =>
  type === 'CodeableConcept'
    ? ((value as CodeableConcept).coding ?? NONE)
    : type === 'Coding'
      ? [value as Coding]
      : NONE

const codesOf = (found: readonly Coding[]): readonly Token[] => {
  const first = found[0]
  return found.length === 1 && first !== undefined
    ? token(first.system, first.code)
    : found.flatMap(({ system, code }) => token(system, code))
}

/** The system is empty where there is none, also for elements of type `code`, whose system only their value set tells. */
export const tokensOf: Of<Token> = (found) => {
  switch (found.type) {
    case 'Coding':
    case 'CodeableConcept':
      return codesOf(codings(found))
    case 'Identifier': {
      const { system, value } = found.value as Identifier
      return token(system, value)
    }
    case 'ContactPoint':
      return token(undefined, (found.value as ContactPoint).value)
    default:
      return typeof found.value === 'string' || typeof found.value === 'boolean'
        ? token(undefined, String(found.value))
        : NONE
  }
}

/** The words that stand with a code, for `:text`. */
export const textsOf: Of<string> = (found) => {
  const { value, type } = found
  if (type === 'Identifier') return present((value as Identifier).type?.text)
  if (type !== 'CodeableConcept' && type !== 'Coding') return NONE
  const texts: string[] = []
  if (type === 'CodeableConcept') texts.push(...present((value as CodeableConcept).text))
  for (const { display } of codings(found)) texts.push(...present(display))
  return texts
}

/** An identifier under each code of its type, as `code|value` in the system of that code, for `:of-type`. */
export const ofTypesOf: Of<Token> = ({ value: found, type: kind }) => {
  if (kind !== 'Identifier') return NONE
  const { type, value } = found as Identifier
  return value === undefined
    ? NONE
    : (type?.coding ?? []).flatMap(({ system, code }) =>
        code === undefined ? NONE : token(system, `${code}|${value}`),
      )
}

/** The resource here that a literal reference is to, its version left out. Of a resource within another, itself. */
export const targetsOf: Of<Target> = ({ value, type }) => {
  if (type === 'Resource') {
    const { resourceType, id } = value as Resource
    return id === undefined ? NONE : [{ type: resourceType, id }]
  }
  const target = type === 'Reference' ? parseReference((value as Reference).reference) : undefined
  return target === undefined ? NONE : [{ type: target.type, id: target.id }]
}

/** Addresses of elsewhere, and canonical ones: these with and without their version, so that either finds them. */
export const urisOf: Of<string> = ({ value, type }) => {
  const uri = type === 'Reference' ? (value as Reference).reference : value
  if (typeof uri !== 'string' || (type === 'Reference' && !/^[a-z][a-z0-9+.-]*:/i.test(uri))) return NONE
  const bar = type === 'canonical' ? uri.indexOf('|') : -1
  return bar === -1 ? [uri] : [uri, uri.slice(0, bar)]
}

/** The identifier that a reference names its target by, for `:identifier`. */
export const logicalTargetsOf: Of<Token> = ({ value, type }) => {
  const identifier = type === 'Reference' ? (value as Reference).identifier : undefined
  return token(identifier?.system, identifier?.value)
}

const present = (text: string | null | undefined): readonly string[] =>
  text === undefined || text === null ? NONE : [text]

/** Each part of a name or an address by itself. */
export const stringsOf: Of<string> = ({ value, type }) => {
  if (type === 'HumanName') {
    const { text, family, given = [], prefix = [], suffix = [] } = value as HumanName
    return [text, family, ...given, ...prefix, ...suffix].flatMap(present)
  }
  if (type === 'Address') {
    const { text, line = [], city, district, state, postalCode, country } = value as Address
    return [text, ...line, city, district, state, postalCode, country].flatMap(present)
  }
  return typeof value === 'string' ? [value] : NONE
}

/** Of a timing, only the outer limits matter. */
export const datesOf: Of<Stretch> = ({ value, type }) => {
  if (type === 'Period') return periodOf(value as Period)
  if (type !== 'Timing') return momentOf(value)
  const { event = [], repeat } = value as Timing
  const all = [...event.flatMap(momentOf), ...(repeat?.boundsPeriod === undefined ? [] : periodOf(repeat.boundsPeriod))]
  if (all.length === 0) return NONE
  const lows = all.map(({ low }) => low).sort()
  const highs = all.map(({ high }) => high).sort()
  return [{ low: lows[0] as string, high: highs.at(-1) as string }]
}

const momentOf = (text: unknown): readonly Stretch[] => {
  const stretch = typeof text === 'string' ? stretchOf(text) : undefined
  return stretch === undefined ? NONE : [stretch]
}

const periodOf = ({ start, end }: Period): readonly Stretch[] => {
  const low = start === undefined ? BEGINNING : stretchOf(start)?.low
  const high = end === undefined ? END : stretchOf(end)?.high
  return (start === undefined && end === undefined) || low === undefined || high === undefined ? NONE : [{ low, high }]
}

export const numbersOf: Of<Interval> = ({ value, type }) => {
  if (type === 'Range') return rangeOf(value as Range).map(({ low, high }) => ({ low, high }))
  return typeof value === 'number' ? [exactly(numeric(String(value)))] : NONE
}

const exactly = (value: string): Interval => ({ low: value, high: value })

/** An amount under its coded unit, and under the unit's words as a code without a system where they differ. */
export const quantitiesOf: Of<Amount> = ({ value, type }) => {
  switch (type) {
    case 'Money': {
      const { currency = '' } = value as Money
      const text = numberIn(value as Money)
      return text === undefined ? NONE : [{ system: 'urn:iso:std:iso:4217', code: currency, ...exactly(text) }]
    }
    case 'Range':
      return rangeOf(value as Range)
    case 'SampledData':
      return sampledOf(value as SampledData)
    default:
      return quantityOf(value as Quantity)
  }
}

const numberIn = (holder: Quantity | Money): string | undefined => {
  const text = decimalText(holder, 'value')
  return text === undefined ? undefined : numeric(text)
}

const LEAST = '-Infinity'
const MOST = 'Infinity'

const quantityOf = (quantity: Quantity): readonly Amount[] => {
  const value = numberIn(quantity)
  if (value === undefined) return NONE
  const { comparator } = quantity
  const low = comparator?.startsWith('<') === true ? LEAST : value
  const high = comparator?.startsWith('>') === true ? MOST : value
  return inUnitsOf(quantity, { low, high })
}

const inUnitsOf = ({ system = '', code = '', unit }: Quantity, interval: Interval): readonly Amount[] => [
  { system, code, ...interval },
  ...(unit === undefined || unit === code ? [] : [{ system: '', code: unit, ...interval }]),
]

const rangeOf = ({ low, high }: Range): readonly Amount[] =>
  low === undefined && high === undefined
    ? NONE
    : inUnitsOf(low ?? high ?? {}, {
        low: (low && numberIn(low)) ?? LEAST,
        high: (high && numberIn(high)) ?? MOST,
      })

/** From the least to the greatest of the samples; one below or above what can be measured counts as that limit. */
const sampledOf = ({ origin, factor = 1, lowerLimit, upperLimit, data = '' }: SampledData): readonly Amount[] => {
  const zero = origin.value ?? 0
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  for (const sample of data.split(/\s+/)) {
    const raw =
      sample === 'L' ? lowerLimit : sample === 'U' ? upperLimit : /\d/.test(sample) ? Number(sample) : undefined
    if (raw === undefined || Number.isNaN(raw)) continue
    low = Math.min(low, zero + raw * factor)
    high = Math.max(high, zero + raw * factor)
  }
  return low > high ? NONE : inUnitsOf(origin, { low: numeric(String(low)), high: numeric(String(high)) })
}
