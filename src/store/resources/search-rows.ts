import type { SearchValues } from '../../search/values.ts'
import { instants, texts } from '../database/arrays.ts'

/** A resource with what it is found by. */
export type SearchRowsOf = Readonly<{ type: string; id: string; values: SearchValues }>

type Kind = keyof SearchValues
type Column<Row> = (rows: readonly Row[]) => unknown
type Columns = { readonly [Of in Kind]: readonly (readonly [type: string, column: Column<SearchValues[Of][number]>])[] }

const text = <Row>(of: (row: Row) => string | undefined): readonly [string, Column<Row>] => [
  'text[]',
  (rows) => texts(rows.map((row) => of(row) ?? null)),
]
const instant = <Row>(of: (row: Row) => string | undefined): readonly [string, Column<Row>] => [
  'timestamptz[]',
  (rows) => instants(rows.map((row) => of(row) ?? null)),
]
/** Numerals hold no character that needs quotes. */
const number = <Row>(of: (row: Row) => string | undefined): readonly [string, Column<Row>] => [
  'numeric[]',
  (rows) => `{${rows.map((row) => of(row) ?? 'NULL').join()}}`,
]

/** The columns of each table of search values, in the order in which the database's functions take them; type, id and parameter come before. */
const COLUMNS: Columns = {
  tokens: [text(({ system }) => system), text(({ code }) => code)],
  references: [text(({ type }) => type), text(({ id }) => id)],
  strings: [text(({ value }) => value), text(({ exact }) => exact)],
  dates: [instant(({ low }) => low), instant(({ high }) => high)],
  numbers: [number(({ low }) => low), number(({ high }) => high)],
  quantities: [
    text(({ system }) => system),
    text(({ code }) => code),
    number(({ low }) => low),
    number(({ high }) => high),
  ],
  uris: [text(({ value }) => value)],
  composites: [
    text(({ system }) => system),
    text(({ code }) => code),
    text(({ valueSystem }) => valueSystem),
    text(({ valueCode }) => valueCode),
    text(({ valueText }) => valueText),
    number(({ low }) => low),
    number(({ high }) => high),
    instant(({ since }) => since),
    instant(({ until }) => until),
  ],
}

const KINDS = Object.keys(COLUMNS) as readonly Kind[]

/** The types of `searchArrays`. */
export const SEARCH_TYPES: readonly string[] = KINDS.flatMap((kind) => [
  'text[]',
  'text[]',
  'text[]',
  ...COLUMNS[kind].map(([type]) => type),
])

/** What these resources are found by, as the arrays that `commit_changes` and `write_search_rows` take. */
export const searchArrays = (resources: readonly SearchRowsOf[]): unknown[] =>
  KINDS.flatMap((kind) => arraysOf(kind, resources))

const arraysOf = <Of extends Kind>(kind: Of, resources: readonly SearchRowsOf[]): unknown[] => {
  const types: string[] = []
  const ids: string[] = []
  const parameters: string[] = []
  const rows: SearchValues[Of][number][] = []
  for (const { type, id, values } of resources) {
    for (const row of values[kind]) {
      types.push(type)
      ids.push(id)
      parameters.push(row.parameter)
      rows.push(row)
    }
  }
  const columns = COLUMNS[kind] as readonly (readonly [string, Column<SearchValues[Of][number]>])[]
  // Nothing is cheaper to send and to read than an array without elements.
  if (rows.length === 0) return [null, null, null, ...columns.map(() => null)]
  return [texts(types), texts(ids), texts(parameters), ...columns.map(([, column]) => column(rows))]
}
