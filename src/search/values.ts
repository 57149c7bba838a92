import type {
  Address,
  CodeableConcept,
  Coding,
  ContactPoint,
  HumanName,
  Identifier,
  Period,
  Reference,
  Timing,
} from 'fhir/r4.js'
import type { SearchParameter } from '../definitions/search-parameters.ts'
import type { Found } from '../fhir/path.ts'
import { parseReference } from '../fhir/resource.ts'
import { BEGINNING, END, stretchOf } from './dates.ts'

export type TokenValue = Readonly<{ code: string; system: string; value: string }>
export type ReferenceValue = Readonly<{ code: string; type: string; id: string }>
export type StringValue = Readonly<{ code: string; value: string }>
export type DateValue = Readonly<{ code: string; low: string; high: string }>
export type UriValue = Readonly<{ code: string; value: string }>

/** What a resource can be found by; `code` is the code of the search parameter. No row stands twice. */
export type SearchValues = Readonly<{
  /** `system` is empty where there is none, also for elements of type `code`, whose system only their value set tells. */
  tokens: readonly TokenValue[]
  /** Literal relative references only. */
  references: readonly ReferenceValue[]
  /** Folded by `foldText`. */
  strings: readonly StringValue[]
  /** From `low` up to, not including, `high`; see `dates.ts`. */
  dates: readonly DateValue[]
  /** Canonical references as well. */
  uris: readonly UriValue[]
}>

type Rows = {
  tokens: Map<string, TokenValue>
  references: Map<string, ReferenceValue>
  strings: Map<string, StringValue>
  dates: Map<string, DateValue>
  uris: Map<string, UriValue>
}

/**
 * The values by which a valid resource is found, for these parameters of its type (`searchParametersOf`).
 * Source: http://hl7.org/fhir/R4/search.html#table and the sections on each search type.
 */
export const searchValues = (resource: object, parameters: readonly SearchParameter[]): SearchValues => {
  const rows: Rows = { tokens: new Map(), references: new Map(), strings: new Map(), dates: new Map(), uris: new Map() }
  for (const parameter of parameters) {
    const found = parameter.values(resource)
    for (const value of found) ADD[parameter.type](rows, parameter.code, value)
  }
  return {
    tokens: [...rows.tokens.values()],
    references: [...rows.references.values()],
    strings: [...rows.strings.values()],
    dates: [...rows.dates.values()],
    uris: [...rows.uris.values()],
  }
}

const ASCII = /^[ -~]*$/

/** Text as it is compared in string search: lower case, without accents, runs of white space as one space. */
export const foldText = (text: string): string => {
  const plain = ASCII.test(text) ? text : text.normalize('NFKD').replace(/\p{M}/gu, '')
  return plain.toLowerCase().replace(/\s+/g, ' ').trim()
}

type Add = (rows: Rows, code: string, found: Found) => void

const addToken = (rows: Rows, code: string, system: string | undefined, value: string | undefined): void => {
  if (value !== undefined) rows.tokens.set(`${code}|${system ?? ''}|${value}`, { code, system: system ?? '', value })
}

const addCoding = (rows: Rows, code: string, coding: Coding): void => addToken(rows, code, coding.system, coding.code)

const addString = (rows: Rows, code: string, text: string | undefined): void => {
  const value = text === undefined ? '' : foldText(text)
  if (value !== '') rows.strings.set(`${code}|${value}`, { code, value })
}

const addUri: Add = (rows, code, { value }) => {
  if (typeof value === 'string') rows.uris.set(`${code}|${value}`, { code, value })
}

const addDate = (rows: Rows, code: string, low: string, high: string): void =>
  void rows.dates.set(`${code}|${low}|${high}`, { code, low, high })

const addPeriod = (rows: Rows, code: string, { start, end }: Period): void => {
  const low = start === undefined ? BEGINNING : stretchOf(start)?.low
  const high = end === undefined ? END : stretchOf(end)?.high
  if ((start !== undefined || end !== undefined) && low !== undefined && high !== undefined)
    addDate(rows, code, low, high)
}

const addMoment = (rows: Rows, code: string, text: string): void => {
  const stretch = stretchOf(text)
  if (stretch !== undefined) addDate(rows, code, stretch.low, stretch.high)
}

const TOKEN: Readonly<Record<string, Add>> = {
  Identifier: (rows, code, found) => {
    const { system, value } = found.value as Identifier
    addToken(rows, code, system, value)
  },
  Coding: (rows, code, found) => addCoding(rows, code, found.value as Coding),
  CodeableConcept: (rows, code, found) => {
    for (const coding of (found.value as CodeableConcept).coding ?? []) addCoding(rows, code, coding)
  },
  ContactPoint: (rows, code, found) => addToken(rows, code, undefined, (found.value as ContactPoint).value),
}

const STRING: Readonly<Record<string, Add>> = {
  HumanName: (rows, code, found) => {
    const { text, family, given = [], prefix = [], suffix = [] } = found.value as HumanName
    for (const part of [text, family, ...given, ...prefix, ...suffix]) addString(rows, code, part ?? undefined)
  },
  Address: (rows, code, found) => {
    const { text, line = [], city, district, state, postalCode, country } = found.value as Address
    for (const part of [text, ...line, city, district, state, postalCode, country])
      addString(rows, code, part ?? undefined)
  },
}

const DATE: Readonly<Record<string, Add>> = {
  Period: (rows, code, found) => addPeriod(rows, code, found.value as Period),
  Timing: (rows, code, found) => {
    const { event = [], repeat } = found.value as Timing
    for (const moment of event) if (moment !== null) addMoment(rows, code, moment)
    if (repeat?.boundsPeriod !== undefined) addPeriod(rows, code, repeat.boundsPeriod)
  },
}

const ADD: Readonly<Record<SearchParameter['type'], Add>> = {
  token: (rows, code, found) => {
    const add = TOKEN[found.type]
    if (add !== undefined) add(rows, code, found)
    else if (typeof found.value === 'string' || typeof found.value === 'boolean')
      addToken(rows, code, undefined, String(found.value))
  },
  reference: (rows, code, found) => {
    if (found.type !== 'Reference') return addUri(rows, code, found)
    const target = parseReference((found.value as Reference).reference)
    if (target !== undefined) rows.references.set(`${code}|${target.key}`, { code, type: target.type, id: target.id })
  },
  string: (rows, code, found) => {
    const add = STRING[found.type]
    if (add !== undefined) add(rows, code, found)
    else if (typeof found.value === 'string') addString(rows, code, found.value)
  },
  date: (rows, code, found) => {
    const add = DATE[found.type]
    if (add !== undefined) add(rows, code, found)
    else if (typeof found.value === 'string') addMoment(rows, code, found.value)
  },
  uri: addUri,
}
