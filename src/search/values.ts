import type { SearchComponent, SearchParameter } from '../definitions/search-parameters.ts'
import type { Found } from '../fhir/path.ts'
import type { Stretch } from './dates.ts'
import {
  type Amount,
  datesOf,
  type Interval,
  logicalTargetsOf,
  numbersOf,
  ofTypesOf,
  quantitiesOf,
  stringsOf,
  type Target,
  type Token,
  targetsOf,
  textsOf,
  tokensOf,
  urisOf,
} from './values-of.ts'

/** Raise it when other values are stored for the same parameter than before: then all rows are built anew. */
export const EXTRACTION = 1

type Row<Value> = Readonly<{ parameter: string }> & Value
type Text = Readonly<{ value: string; exact: string }>

/** Two values of one element, under the names of the columns that hold them. */
export type Pair = Token &
  Readonly<{
    valueSystem?: string
    valueCode?: string
    valueText?: string
    low?: string
    high?: string
    since?: string
    until?: string
  }>

/**
 * What a resource can be found by; `parameter` is the code of the search parameter, or of a form of it: `code:text` (the words that stand with
 * its codes), `identifier:of-type` and `subject:identifier`. No row stands twice.
 */
export type SearchValues = Readonly<{
  tokens: readonly Row<Token>[]
  /** To resources here. */
  references: readonly Row<Target>[]
  /** `value` as `foldText` leaves it, and `exact` as it was written, both cut: see `LONGEST_TEXT`. */
  strings: readonly Row<Text>[]
  /** From `low` up to, not including, `high`; see `dates.ts`. */
  dates: readonly Row<Stretch>[]
  numbers: readonly Row<Interval>[]
  quantities: readonly Row<Amount>[]
  /** Canonical addresses and those of resources elsewhere as well. */
  uris: readonly Row<Readonly<{ value: string }>>[]
  composites: readonly Row<Pair>[]
}>

type Rows = { [Kind in keyof SearchValues]: SearchValues[Kind][number][] }

const noRows = (): Rows => ({
  tokens: [],
  references: [],
  strings: [],
  dates: [],
  numbers: [],
  quantities: [],
  uris: [],
  composites: [],
})

export const NO_VALUES: SearchValues = noRows()

/**
 * The values by which a valid resource is found, for these parameters of its type (`storedParametersOf`).
 * Source: http://hl7.org/fhir/R4/search.html#table and the sections on each search type.
 */
export const searchValues = (resource: object, parameters: readonly SearchParameter[]): SearchValues => {
  const rows = noRows()
  for (const parameter of parameters) {
    const found = parameter.values(resource)
    if (found.length > 0) ADD[parameter.type](rows, parameter, found)
  }
  return rows
}

/** Longer texts are found by their first so many characters only; nothing longer may be searched for. */
export const LONGEST_TEXT = 500

const ASCII = /^[ -~]*$/

/** Text as it is compared in string search: lower case, without accents, runs of white space as one space. */
export const foldText = (text: string): string => {
  const plain = ASCII.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().replace(/\s+/g, ' ').trim()
}

const folded = (text: string): string => foldText(text).slice(0, LONGEST_TEXT)

/** The parameters, besides the one itself, under which values of it stand. */
export const FORMS = [':text', ':of-type', ':identifier'] as const

type Add = (rows: Rows, parameter: SearchParameter, found: readonly Found[]) => void

/** The values of all elements found. A loop: it runs for each parameter of every resource that is written. */
const all = <Value>(found: readonly Found[], of: (one: Found) => readonly Value[]): readonly Value[] => {
  if (found.length === 1) return of(found[0] as Found)
  const values: Value[] = []
  for (const one of found) for (const value of of(one)) values.push(value)
  return values
}

/** The values, each once, as rows of a parameter. */
const push = <Value extends object>(
  rows: Row<Value>[],
  parameter: string,
  values: readonly Value[],
  key: (value: Value) => string,
): void => {
  if (values.length < 2) for (const value of values) rows.push({ parameter, ...value })
  else for (const value of new Map(values.map((one) => [key(one), one])).values()) rows.push({ parameter, ...value })
}

const tokenKey = ({ system, code }: Token): string => `${system}|${code}`
const targetKey = ({ type, id }: Target): string => `${type}/${id}`
const intervalKey = ({ low, high }: Interval): string => `${low}|${high}`

const pushTexts = (rows: Rows, parameter: string, texts: readonly string[]): void => {
  if (texts.length === 0) return
  // One character more than may be asked for, so that what is longer is never taken for what was asked.
  const values = texts.map((text) => ({ value: folded(text), exact: text.slice(0, LONGEST_TEXT + 1) }))
  push(
    rows.strings,
    parameter,
    values.filter(({ value }) => value !== ''),
    ({ exact }) => exact,
  )
}

const pushUris = (rows: Rows, parameter: string, uris: readonly string[]): void => {
  if (uris.length === 0) return
  push(
    rows.uris,
    parameter,
    uris.map((value) => ({ value })),
    ({ value }) => value,
  )
}

const ADD: Readonly<Record<SearchParameter['type'], Add>> = {
  token: (rows, { code }, found) => {
    push(rows.tokens, code, all(found, tokensOf), tokenKey)
    pushTexts(rows, `${code}:text`, all(found, textsOf))
    push(rows.tokens, `${code}:of-type`, all(found, ofTypesOf), tokenKey)
  },
  reference: (rows, { code, targets }, found) => {
    const here = all(found, targetsOf)
    // Of what stands within another resource, only what the parameter is about.
    const isWithin = found[0]?.type === 'Resource'
    push(rows.references, code, isWithin ? here.filter(({ type }) => targets.includes(type)) : here, targetKey)
    pushUris(rows, code, all(found, urisOf))
    push(rows.tokens, `${code}:identifier`, all(found, logicalTargetsOf), tokenKey)
  },
  string: (rows, { code }, found) => pushTexts(rows, code, all(found, stringsOf)),
  date: (rows, { code }, found) => push(rows.dates, code, all(found, datesOf), intervalKey),
  number: (rows, { code }, found) => push(rows.numbers, code, all(found, numbersOf), intervalKey),
  quantity: (rows, { code }, found) =>
    push(rows.quantities, code, all(found, quantitiesOf), (one) => `${tokenKey(one)}|${intervalKey(one)}`),
  uri: (rows, { code }, found) => pushUris(rows, code, all(found, urisOf)),
  composite: (rows, { code, components: [first, second] }, found) => {
    if (first === undefined || second === undefined) return
    const pairs = found.flatMap((element) => {
      const seconds = valuesOf(second, element)
      return seconds.length === 0
        ? []
        : valuesOf(first, element).flatMap(({ valueSystem: system = '', valueCode }) =>
            valueCode === undefined ? [] : seconds.map((value) => ({ system, code: valueCode, ...value })),
          )
    })
    push(rows.composites, code, pairs, (pair) => JSON.stringify(pair))
  },
}

type Second = Omit<Pair, keyof Token>

/** A component's values in an element, in the columns of the second one. */
const valuesOf = ({ type, values }: SearchComponent, element: Found): readonly Second[] => {
  const found = values(element)
  switch (type) {
    case 'token':
      return all(found, tokensOf).map(({ system, code }) => ({ valueSystem: system, valueCode: code }))
    case 'reference':
      return found.flatMap(targetsOf).map((target) => ({ valueSystem: '', valueCode: targetKey(target) }))
    case 'string':
      return all(found, stringsOf).map((text) => ({ valueText: folded(text) }))
    case 'uri':
      return all(found, urisOf).map((uri) => ({ valueText: uri }))
    case 'date':
      return all(found, datesOf).map(({ low, high }) => ({ since: low, until: high }))
    case 'number':
      return all(found, numbersOf)
    case 'quantity':
      return all(found, quantitiesOf).map(({ system, code, low, high }) => ({
        valueSystem: system,
        valueCode: code,
        low,
        high,
      }))
    case 'composite':
      return []
  }
}
