/** What a query means, whatever it was written in: the form between `query/` (parse) and `sql/` (statements). Types and limits only. */

/** http://hl7.org/fhir/R4/search.html#prefix */
export type Prefix = 'eq' | 'ne' | 'gt' | 'lt' | 'ge' | 'le' | 'sa' | 'eb' | 'ap'

/** `system` empty: without one; undefined: any, or none. `code` undefined: any of the system. */
export type TokenTest = Readonly<{ system: string | undefined; code: string | undefined }>

/** `type` undefined: of any. */
export type ReferenceTest = Readonly<{ type: string | undefined; id: string }>

/** Instants in UTC: from `low` up to, not including, `high`. */
export type DateTest = Readonly<{ prefix: Prefix; low: string; high: string }>

/** Decimals as text. `low` and `high`: the numbers that are written like `value` when rounded to its precision; of `ap` those close to it. */
export type NumberTest = Readonly<{ prefix: Prefix; value: string; low: string; high: string }>

export type QuantityTest = NumberTest & TokenTest

/** Folded and cut as the stored values are (`values.ts`); `exact`: as it was written. */
export type StringTest = Readonly<{ value: string; exact: string }>

/** Rows of one table of search values: at least one of the alternatives holds. `parameter` names the rows, as in `code:text`. */
export type Rows =
  | Readonly<{
      on: 'token'
      parameter: string
      /** `media-type`: `text/xml` also with parameters behind it, and `text` for any of `text/`. */
      match?: 'exact' | 'media-type'
      alternatives: readonly TokenTest[]
    }>
  | Readonly<{
      on: 'string'
      parameter: string
      match: 'starts' | 'exact' | 'contains'
      alternatives: readonly StringTest[]
    }>
  | Readonly<{ on: 'reference'; parameters: readonly string[]; alternatives: readonly ReferenceTest[] }>
  | Readonly<{ on: 'date'; parameter: string; alternatives: readonly DateTest[] }>
  | Readonly<{ on: 'number'; parameter: string; alternatives: readonly NumberTest[] }>
  | Readonly<{ on: 'quantity'; parameter: string; alternatives: readonly QuantityTest[] }>
  | Readonly<{
      on: 'uri'
      parameter: string
      /** `version`: a canonical address with a version, or with one that is more exact. */
      match: 'exact' | 'below' | 'above' | 'version'
      alternatives: readonly string[]
    }>
  | Readonly<{ on: 'composite'; parameter: string; alternatives: readonly CompositeTest[] }>

export type Kind = Rows['on']

/** Two values that stand together in one element; a reference is a token whose code is `Type/id`. */
export type CompositeTest = Readonly<{
  first: TokenTest
  second:
    | Readonly<{ on: 'token'; test: TokenTest }>
    | Readonly<{ on: 'string'; test: StringTest }>
    | Readonly<{ on: 'date'; test: DateTest }>
    | Readonly<{ on: 'number'; test: NumberTest }>
    | Readonly<{ on: 'quantity'; test: QuantityTest }>
}>

/** What must hold of a resource. */
export type Condition =
  | Readonly<{ on: 'id'; ids: readonly string[] }>
  | Readonly<{ on: 'updated'; alternatives: readonly DateTest[] }>
  | Rows
  /** It has a row of this parameter at all. */
  | Readonly<{ on: 'present'; kind: Kind; parameter: string }>
  | Readonly<{ on: 'any'; of: readonly Condition[] }>
  | Readonly<{ on: 'not'; of: Condition }>
  /**
   * It refers by `parameter` to a resource of `target` with one of these ids, or to one that is above or below it, however far: what a `target` refers
   * to by `partOf` is the one above it.
   */
  | Readonly<{
      on: 'hierarchy'
      parameter: string
      target: string
      partOf: string
      way: 'above' | 'below'
      ids: readonly string[]
    }>
  /** It refers by `parameter` to a resource of `target` of which this holds. */
  | Readonly<{ on: 'chain'; parameter: string; target: string; of: Condition }>
  /** A resource of `source`, of which this holds, refers to it by `parameter`. */
  | Readonly<{ on: 'has'; source: string; parameter: string; of: Condition }>

/** What is searched for in one type; all conditions must hold. */
export type Branch = Readonly<{ type: string; conditions: readonly Condition[] }>

/** `on` is `id` or `updated` for the columns of every resource. */
export type Sort = Readonly<{ on: 'id' | 'updated' | Kind; parameter: string; descending: boolean }>

/** `type` refers to `target` (undefined: to any type) by `parameter` (undefined: by any); `iterate`: also from what was included. */
export type Include = Readonly<{
  reverse: boolean
  type: string | undefined
  parameter: string | undefined
  target: string | undefined
  iterate: boolean
}>

export type Summary = 'true' | 'text' | 'data' | 'count' | 'false'

export type Query = Readonly<{
  branches: readonly Branch[]
  sort: readonly Sort[]
  count: number
  includes: readonly Include[]
  total: 'none' | 'estimate' | 'accurate'
  summary: Summary
  /** Names of elements at the root, by type (empty: of every type); undefined: all. */
  elements: readonly Readonly<{ type: string; element: string }>[] | undefined
  /** The cursor of the page that is asked for, as it came. */
  page: string | undefined
}>

export const DEFAULT_COUNT = 50
export const MOST_COUNT = 500
/** More alternatives than this in one parameter are refused: OR over many values defeats the indexes. */
export const MOST_ALTERNATIVES = 100
/** So many conditions answer any question that a person asks; more of them keep others waiting. */
export const MOST_PARAMETERS = 30
/**
 * What a search may be made of, with every type that is searched and every one that a chain may lead to: 20 for each condition, 1 for each
 * alternative, 5 for one that is ordered or composite. It takes PostgreSQL a second to plan more, and a statement has 65,535 values at most.
 */
export const MOST_STEPS = 5_000
export const STEPS = { condition: 20, alternative: 1, ordered: 5 } as const
/** `a.b.c` and `_has:A:b:_has:C:d:e` have two. */
export const MOST_LEVELS = 2
/** Of a page; what is more is not shown, and that is said. */
export const MOST_INCLUDED = 1_000
/** Matches that are counted or kept in order. */
export const MOST_KEPT = 10_000
