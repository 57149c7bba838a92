import { storedAs } from '../../definitions/search-parameters.ts'
import type { Bind } from '../bind.ts'
import type {
  CompositeTest,
  DateTest,
  Kind,
  NumberTest,
  QuantityTest,
  Rows,
  StringTest,
  TokenTest,
} from '../query/query.ts'
import { belowMediaType } from '../query/token.ts'

/** The table that holds the values of a kind, one row a value. */
export const TABLE: Readonly<Record<Kind, string>> = {
  token: 'search_token',
  reference: 'search_reference',
  string: 'search_string',
  date: 'search_date',
  number: 'search_number',
  quantity: 'search_quantity',
  uri: 'search_uri',
  composite: 'search_composite',
}

/** What must hold of a row of its table, under the name `t`, besides the type. All alternatives are about one table, so that OR costs no more than its index. */
export const rowHolds = (type: string, rows: Rows, t: string, bind: Bind): string => {
  const parameter =
    rows.on === 'reference'
      ? `${t}.parameter = ${among([...new Set(rows.parameters.map((one) => storedAs(type, one)))], bind)}`
      : `${t}.parameter = ${bind(storedAs(type, rows.parameter))}`
  return `${parameter} and (${anyHolds(rows, t, bind)})`
}

/** `$1` for one value, `any ($1)` for several: the planner knows best what it is told of most exactly. */
const among = (values: readonly string[], bind: Bind): string =>
  values.length === 1 ? bind(values[0]) : `any (${bind(values)}::text[])`

const anyHolds = (rows: Rows, t: string, bind: Bind): string => {
  switch (rows.on) {
    case 'token':
      return rows.match === 'media-type'
        ? or(rows.alternatives, (test) => mediaTypeHolds(test, t, bind))
        : tokens(rows.alternatives, t, bind)
    case 'reference': {
      const byType = grouped(rows.alternatives, ({ type }) => type)
      return [...byType]
        .map(([type, targets]) => {
          const ids = `${t}.target_id = ${among(
            targets.map(({ id }) => id),
            bind,
          )}`
          return type === undefined ? ids : `${ids} and ${t}.target_type = ${bind(type)}`
        })
        .join(' or ')
    }
    case 'string':
      return or(rows.alternatives, (test) => stringHolds(test, rows.match, t, bind))
    case 'date':
      return or(rows.alternatives, (test) => dateHolds(test, `${t}.low`, `${t}.high`, bind))
    case 'number':
      return or(rows.alternatives, (test) => numberHolds(test, t, bind))
    case 'quantity':
      return or(rows.alternatives, (test) => quantityHolds(test, t, 'system', 'code', bind))
    case 'uri':
      return or(rows.alternatives, (uri) => uriHolds(uri, rows.match, t, bind))
    case 'composite':
      return or(rows.alternatives, (test) => compositeHolds(test, t, bind))
  }
}

const grouped = <Item, Key>(items: readonly Item[], keyOf: (item: Item) => Key): Map<Key, Item[]> => {
  const groups = new Map<Key, Item[]>()
  for (const item of items) {
    const key = keyOf(item)
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [item])
    else group.push(item)
  }
  return groups
}

const or = <Test>(tests: readonly Test[], holds: (test: Test) => string): string => tests.map(holds).join(' or ')

const tokens = (tests: readonly TokenTest[], t: string, bind: Bind): string => {
  const bySystem = grouped(tests, ({ system }) => system)
  const parts = [...bySystem].flatMap(([system, group]) => {
    const of = system === undefined ? [] : [`${t}.system = ${bind(system)}`]
    const codes = group.flatMap(({ code }) => code ?? [])
    const whole = codes.length < group.length ? [of.join('')] : []
    return [...(codes.length === 0 ? [] : [[`${t}.code = ${among(codes, bind)}`, ...of].join(' and ')]), ...whole]
  })
  // A value set may be empty: then nothing is in it.
  return parts.length === 0 ? 'false' : parts.join(' or ')
}

const likeOf = (text: string): string => text.replace(/[\\%_]/g, '\\$&')

const mediaTypeHolds = ({ code = '' }: TokenTest, t: string, bind: Bind): string =>
  `(${t}.code = ${bind(code)} or ${t}.code like ${bind(`${likeOf(belowMediaType(code))}%`)})`

const stringHolds = (
  { value, exact }: StringTest,
  match: 'starts' | 'exact' | 'contains',
  t: string,
  bind: Bind,
): string => {
  if (match === 'exact') return `${t}.value = ${bind(value)} and ${t}.exact = ${bind(exact)}`
  return `${t}.value like ${bind(match === 'starts' ? `${likeOf(value)}%` : `%${likeOf(value)}%`)}`
}

const uriHolds = (uri: string, match: Extract<Rows, { on: 'uri' }>['match'], t: string, bind: Bind): string => {
  if (match === 'exact' || (match === 'version' && !uri.includes('|'))) return `${t}.value = ${bind(uri)}`
  if (match === 'version') return `(${t}.value = ${bind(uri)} or ${t}.value like ${bind(`${likeOf(uri)}.%`)})`
  const stem = uri.replace(/\/$/, '')
  if (match === 'below') return `(${t}.value = ${bind(stem)} or ${t}.value like ${bind(`${likeOf(stem)}/%`)})`
  return `${t}.value = any (${bind(stemsOf(uri))}::text[])`
}

/** An address and all that it stands below, each with and without a slash at its end. */
export const stemsOf = (uri: string): readonly string[] => {
  const stems: string[] = []
  const scheme = /^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i.exec(uri)?.[0].length ?? 0
  for (let stem = uri.replace(/\/$/, ''); ; stem = stem.slice(0, stem.lastIndexOf('/'))) {
    stems.push(stem, `${stem}/`)
    if (stem.length <= scheme || stem.lastIndexOf('/') < scheme) return [...new Set([uri, ...stems])]
  }
}

/**
 * http://hl7.org/fhir/R4/search.html#date: `eq` where all of the stored time lies within the one that is asked for, `gt` and `lt` where some of it
 * lies beyond, `sa` and `eb` where all of it does. Two conditions on `low`, where one would do, let the index begin and end.
 */
export const dateHolds = ({ prefix, low, high }: DateTest, from: string, to: string, bind: Bind): string => {
  const start = () => `${bind(low)}::timestamptz`
  const end = () => `${bind(high)}::timestamptz`
  switch (prefix) {
    case 'eq':
      return `(${from} >= ${start()} and ${from} < ${end()} and ${to} <= ${end()})`
    case 'ne':
      return `(${from} < ${start()} or ${to} > ${end()})`
    case 'gt':
      return `${to} > ${end()}`
    case 'lt':
      return `${from} < ${start()}`
    case 'ge':
      return `(${to} > ${end()} or ${from} >= ${start()})`
    case 'le':
      return `(${from} < ${start()} or ${to} <= ${end()})`
    case 'sa':
      return `${from} >= ${end()}`
    case 'eb':
      return `${to} <= ${start()}`
    case 'ap':
      return `(${from} < ${end()} and ${to} > ${start()})`
  }
}

/** The same for an instant, which stands in a column of its own. */
export const instantHolds = ({ prefix, low, high }: DateTest, at: string, bind: Bind): string => {
  const start = () => `${bind(low)}::timestamptz`
  const end = () => `${bind(high)}::timestamptz`
  switch (prefix) {
    case 'eq':
    case 'ap':
      return `(${at} >= ${start()} and ${at} < ${end()})`
    case 'ne':
      return `(${at} < ${start()} or ${at} >= ${end()})`
    case 'gt':
    case 'sa':
      return `${at} >= ${end()}`
    case 'lt':
    case 'eb':
      return `${at} < ${start()}`
    case 'ge':
      return `${at} >= ${start()}`
    case 'le':
      return `${at} < ${end()}`
  }
}

/**
 * http://hl7.org/fhir/R4/search.html#number: `eq` and `ne` go by the precision that the number is written with, the others by the number itself.
 * A stored range reaches from `low` to `high`, both included.
 */
const numberHolds = ({ prefix, value, low, high }: NumberTest, t: string, bind: Bind): string => {
  const number = (text: string): string => `${bind(text)}::numeric`
  switch (prefix) {
    case 'eq':
      return `(${t}.low >= ${number(low)} and ${t}.low < ${number(high)} and ${t}.high < ${number(high)})`
    case 'ne':
      return `(${t}.low < ${number(low)} or ${t}.high >= ${number(high)})`
    case 'gt':
      return `${t}.high > ${number(value)}`
    case 'lt':
      return `${t}.low < ${number(value)}`
    case 'ge':
      return `${t}.high >= ${number(value)}`
    case 'le':
      return `${t}.low <= ${number(value)}`
    case 'sa':
      return `${t}.low > ${number(value)}`
    case 'eb':
      return `${t}.high < ${number(value)}`
    case 'ap':
      return `(${t}.low <= ${number(high)} and ${t}.high >= ${number(low)})`
  }
}

const quantityHolds = (test: QuantityTest, t: string, system: string, code: string, bind: Bind): string =>
  [
    numberHolds(test, t, bind),
    ...(test.code === undefined ? [] : [`${t}.${code} = ${bind(test.code)}`]),
    ...(test.system === undefined ? [] : [`${t}.${system} = ${bind(test.system)}`]),
  ].join(' and ')

const tokenHolds = ({ system, code }: TokenTest, t: string, prefix: string, bind: Bind): string =>
  [
    ...(code === undefined ? [] : [`${t}.${prefix}code = ${bind(code)}`]),
    ...(system === undefined ? [] : [`${t}.${prefix}system = ${bind(system)}`]),
  ].join(' and ')

const compositeHolds = ({ first, second }: CompositeTest, t: string, bind: Bind): string =>
  `(${tokenHolds(first, t, '', bind)} and ${secondHolds(second, t, bind)})`

const secondHolds = (second: CompositeTest['second'], t: string, bind: Bind): string => {
  switch (second.on) {
    case 'token':
      return tokenHolds(second.test, t, 'value_', bind)
    case 'string':
      return `${t}.value_text like ${bind(`${likeOf(second.test.value)}%`)}`
    case 'date':
      return dateHolds(second.test, `${t}.since`, `${t}.until`, bind)
    case 'number':
      return numberHolds(second.test, t, bind)
    case 'quantity':
      return quantityHolds(second.test, t, 'value_system', 'value_code', bind)
  }
}
