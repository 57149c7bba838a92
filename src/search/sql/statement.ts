import type { Permit } from '../../access/decide.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import { type Branch, MOST_KEPT, type Query, type Sort } from '../query/query.ts'
import { type Builder, type Sql, statement, visible } from '../sql.ts'
import { isSteady, rowsOf } from './condition.ts'
import { TABLE } from './rows.ts'
import { type Way, waysOf } from './ways.ts'

/** A place among resources in the order of their types and ids. */
export type Position = Readonly<{ type: string; id: string }>

/** The columns of a `FoundRow`, of a row `r`: what is shown of it, and whose record it is. */
export const SHOWN = 'r.type, r.id, r.patient, r.body'

/** The columns of a `ResourceRow` (`store/resources/resources.ts`), of a row `r` with its person `p`. */
export const WHOLE = `r.type, r.id, r.version, r.last_updated as "lastUpdated", false as deleted, r.patient, r.body, p.sharing, p.custodian`

type Searched = Pick<Query, 'branches' | 'count'>

/**
 * The current resources that a query finds, in the order of types and ids after `after`, one more than asked for so that a next
 * page is known to exist. What the permit does not allow is left out by the same WHERE, so no row, count or page can leak. With `total` each row
 * says how many there are in all, up to one more than `MOST_KEPT`; then there is one row at least, whose id may be null.
 */
export const searchSql = (
  { branches, count }: Searched,
  permit: Permit,
  {
    after,
    total = false,
    columns = SHOWN,
  }: Readonly<{ after?: Position | undefined; total?: boolean; columns?: string }> = {},
): Sql => ({
  steady: isSteady(branches),
  joins: !total,
  ...statement(permit, (builder) => {
    const left = after === undefined ? branches : branches.filter(({ type }) => type >= after.type)
    const most = builder.bind(count + 1)
    const each = left.flatMap(({ type, conditions }) =>
      waysOf(builder, type, conditions, {
        after: after?.type === type ? after.id : undefined,
        most: `${most}::integer`,
      }).map((way) => selected(builder, way, columns)),
    )
    const page = together(each, columns, ` order by type, id limit ${most}::integer`)
    return total
      ? `select total.total, page.* from (${countOf(builder, branches)}) total left join (${page}) page on true order by page.type, page.id`
      : page
  }),
})

/** How many resources a query finds, up to one more than `MOST_KEPT`: a row with `total`. */
export const countSql = ({ branches }: Pick<Query, 'branches'>, permit: Permit): Sql =>
  statement(permit, (builder) => countOf(builder, branches))

const countOf = (builder: Builder, branches: readonly Branch[]): string => {
  const each = branches.map((branch) => branchOf(builder, branch, 'r.id'))
  return `select count(*)::integer as total from (${together(each, 'r.id', ` limit ${builder.bind(MOST_KEPT + 1)}`)}) counted`
}

/** Several searches as one, each and all with the same order and limit. */
const together = (each: readonly string[], columns: string, end: string): string => {
  // Nothing is left after the last type: a statement without rows has the same columns.
  if (each.length === 0) return `select ${columns} from resource r left join person p on false where false${end}`
  return each.length === 1
    ? `${each[0]}${end}`
    : `select * from (${each.map((one) => `(${one}${end})`).join(' union all ')}) together${end}`
}

const selected = ({ bind, permit }: Builder, { from, where }: Way, columns: string): string =>
  `select ${columns} from ${from} left join person p on p.id = r.patient where ${visible(permit, bind)} and ${where}`

const branchOf = (builder: Builder, { type, conditions }: Branch, columns: string): string =>
  selected(builder, rowsOf(builder, type, conditions), columns)

/** The statement of a sorted search, and of one whose parameters must not stand in a link: all its keys in order are kept for the pages to come. */
export type Keeping = Readonly<{
  /** Under which name the keys are kept. */
  name: string
  client: string
  now: Date
  until: Date
  /** No more kept searches of a client than this; the oldest go. */
  most: number
}>

/**
 * The first page in the order that a query asks for. Each row has its `position` and how many there are in all, up to one more than `MOST_KEPT`.
 * Where there is a next page, and no more than that, the keys (`Type/id`) of all pages are kept in `search_page`.
 */
export const sortedSql = (
  { branches, sort, count }: Searched & Pick<Query, 'sort'>,
  permit: Permit,
  keep: Keeping,
): Sql => ({
  steady: isSteady(branches),
  ...statement(permit, (builder) => {
    const { bind } = builder
    const order = orderOf(sort)
    const most = bind(MOST_KEPT + 1)
    const each = branches.map((branch) => {
      const keys = sort.map((rule, index) => `, ${keyOf(builder, branch.type, rule)} as key${index}`).join('')
      return branchOf(builder, branch, `r.type, r.id${keys}`)
    })
    const found = each.length === 1 ? (each[0] as string) : each.map((one) => `(${one})`).join(' union all ')
    return `with matched as materialized (
        select type, id, row_number() over (order by ${order}) as position from (${found}) found order by position limit ${most}
      ), counted as (
        select count(*)::integer as total from matched
      ), kept as (
        insert into search_page (name, client, until, keys)
        select ${bind(keep.name)}, ${bind(keep.client)}, ${bind(keep.until)}::timestamptz, array_agg(type || '/' || id order by position) from matched
        having count(*) > ${bind(count)} and count(*) <= ${bind(MOST_KEPT)}
        returning name
      ), swept as (
        delete from search_page where exists (select from kept) and name in (
          select name from search_page where until < ${bind(keep.now)}::timestamptz
            or name in (select name from search_page where client = ${bind(keep.client)} order by until desc offset ${bind(keep.most)})
          for update skip locked)
      )
      select counted.total, matched.position::integer, ${SHOWN} from counted
        left join matched on matched.position <= ${bind(count)}
        left join resource r on r.type = matched.type and r.id = matched.id left join person p on p.id = r.patient
        order by matched.position`
  }),
})

/** Missing values last in either direction, then types and ids. What is never missing is left as it is, so that an index can answer. */
const orderOf = (sort: readonly Sort[]): string =>
  [
    ...sort.map(
      ({ on, descending }, index) =>
        `key${index}${descending ? ' desc' : ''}${on === 'id' || on === 'updated' ? '' : ' nulls last'}`,
    ),
    'type',
    'id',
  ].join(', ')

/** A resource is sorted by the smallest of its values, or by the largest where the order is descending. */
const keyOf = ({ bind, alias }: Builder, type: string, { on, parameter, descending }: Sort): string => {
  if (on === 'id') return 'r.id'
  if (on === 'updated') return 'r.last_updated'
  const t = alias()
  return `(select ${descending ? 'max' : 'min'}(${sortedBy(on, t, descending)}) from ${TABLE[on]} ${t} where ${t}.type = ${bind(type)} and ${t}.parameter = ${bind(storedAs(type, parameter))} and ${t}.id = r.id)`
}

const sortedBy = (on: Exclude<Sort['on'], 'id' | 'updated'>, t: string, descending: boolean): string => {
  switch (on) {
    case 'token':
      return `${t}.code`
    case 'reference':
      return `${t}.target_type || '/' || ${t}.target_id`
    case 'string':
    case 'uri':
      return `${t}.value`
    case 'date':
    case 'number':
    case 'quantity':
      return descending ? `${t}.high` : `${t}.low`
    case 'composite':
      throw new Error('Nothing is sorted by a composite')
  }
}

/**
 * A later page of a search that was kept: of the keys after `from`, those that still are and that the permit allows, with their `position`.
 * One row at least where the search is still kept, whose id may be null; `total` is the number of its keys.
 */
export const keptSql = (name: string, from: number, count: number, now: Date, permit: Permit): Sql =>
  statement(permit, ({ bind }) => {
    const start = bind(from)
    return `select cardinality(kept.keys) as total, page.* from search_page kept
      left join lateral (
        select ${start}::integer + key.number::integer as position, ${SHOWN}
        from unnest(kept.keys[${start}::integer + 1:${start}::integer + ${bind(count)}::integer]) with ordinality as key (text, number)
        join resource r on r.type = split_part(key.text, '/', 1) and r.id = split_part(key.text, '/', 2)
        left join person p on p.id = r.patient
        where ${visible(permit, bind)}
      ) page on true
      where kept.name = ${bind(name)} and kept.until > ${bind(now)}::timestamptz
      order by page.position`
  })
