import { storedAs } from '../../definitions/search-parameters.ts'
import { servedType } from '../../definitions/served.ts'
import type { Branch, Condition } from '../query/query.ts'
import { type Builder, visible } from '../sql.ts'
import { instantHolds, rowHolds, TABLE } from './rows.ts'

/** Where ids stand of which a condition holds. */
type Source = Readonly<{ from: string; where: string; id: string }>

/**
 * SQL that is true of a row of `resource`, by its name in the statement, of which a condition holds. `probe`: it is looked up for each row that
 * everything else leaves, whatever the planner thinks (`offset 0` keeps it from making a join of it).
 */
const holds = (builder: Builder, type: string, condition: Condition, row: string, probe: boolean): string => {
  const { bind } = builder
  const once = probe ? ' offset 0' : ''
  switch (condition.on) {
    case 'id':
      return `${row}.id = any (${bind(condition.ids)}::text[])`
    case 'updated':
      return `(${condition.alternatives.map((test) => instantHolds(test, `${row}.last_updated`, bind)).join(' or ')})`
    case 'not':
      return `not ${holds(builder, type, condition.of, row, probe)}`
    case 'any':
      if (condition.of.length === 0) return '(false)'
      if (probe) return `(${condition.of.map((one) => holds(builder, type, one, row, probe)).join(' or ')})`
      return `exists (select from (${condition.of.map((one) => idsOf(builder, type, one)).join(' union all ')}) found where found.id = ${row}.id)`
    default: {
      const { from, where, id } = sourceOf(builder, type, condition, probe ? row : undefined)
      return `exists (select from ${from} where ${where} and ${id} = ${row}.id${once})`
    }
  }
}

/** A statement of the ids of which a condition holds, as far as the rows of search values tell them. */
export const idsOf = (builder: Builder, type: string, condition: Condition): string => {
  if (condition === builder.known?.condition) return `select id from ${builder.known.name}`
  switch (condition.on) {
    case 'id':
      return `select id from unnest(${builder.bind(condition.ids)}::text[]) as given (id)`
    case 'any':
      return condition.of.map((one) => idsOf(builder, type, one)).join(' union all ')
    case 'updated':
    case 'not':
      throw new Error(`A condition on ${condition.on} is not answered by rows of search values`)
    default: {
      const { from, where, id } = sourceOf(builder, type, condition)
      return `select ${id} as id from ${from} where ${where}`
    }
  }
}

type Found = Exclude<Condition, { on: 'id' | 'updated' | 'not' | 'any' }>
type Hierarchy = Extract<Condition, { on: 'hierarchy' }>

/**
 * Rows of search values, those of one resource where it is given: they are found by its id and then looked through, however rare the planner takes
 * the value for that is asked for.
 */
const rowsFrom = (table: string, t: string, row: string | undefined): string =>
  row === undefined ? `${table} ${t}` : `(select * from ${table} where id = ${row}.id offset 0) ${t}`

const sourceOf = (builder: Builder, type: string, condition: Found, of?: string): Source => {
  const { bind, alias, permit } = builder
  const t = alias()
  switch (condition.on) {
    case 'present':
      return {
        from: rowsFrom(TABLE[condition.kind], t, of),
        where: `${t}.type = ${bind(type)} and ${t}.parameter = ${bind(storedAs(type, condition.parameter))}`,
        id: `${t}.id`,
      }
    case 'hierarchy': {
      const line = builder.first(lineSql(builder, condition))
      return {
        from: rowsFrom(TABLE.reference, t, of),
        where: [
          `${t}.type = ${bind(type)} and ${t}.parameter = ${bind(storedAs(type, condition.parameter))}`,
          `${t}.target_type = ${bind(condition.target)} and ${t}.target_id = any (array(select id from ${line}))`,
        ].join(' and '),
        id: `${t}.id`,
      }
    }
    case 'chain':
    case 'has': {
      const row = alias()
      const isChain = condition.on === 'chain'
      const source = isChain ? type : condition.source
      const target = isChain ? condition.target : type
      const [joined, id] = isChain
        ? [`${row}.type = ${t}.target_type and ${row}.id = ${t}.target_id`, `${t}.id`]
        : [`${row}.type = ${t}.type and ${row}.id = ${t}.id`, `${t}.target_id`]
      return {
        from: `search_reference ${t} join resource ${row} on ${joined} left join person p_${row} on p_${row}.id = ${row}.patient`,
        where: [
          `${t}.type = ${bind(source)} and ${t}.parameter = ${bind(storedAs(source, condition.parameter))} and ${t}.target_type = ${bind(target)}`,
          visible(permit, bind, row, `p_${row}`),
          restriction(builder, isChain ? target : source, [condition.of], row),
        ].join(' and '),
        id,
      }
    }
    default:
      return {
        from: rowsFrom(TABLE[condition.on], t, of),
        where: `${t}.type = ${bind(type)} and ${rowHolds(type, condition, t, bind)}`,
        id: `${t}.id`,
      }
  }
}

/**
 * The ids that a condition on a hierarchy starts from, and those of all that is above or below them. It goes on only from and to what the caller may see, and
 * ends by itself, also in a circle. It is never cut: what is left out of a line would be left out of the answer, and nothing would say so.
 */
const lineSql = ({ bind, permit }: Builder, { target, partOf, way, ids }: Hierarchy): string => {
  const type = bind(target)
  const part = `f.type = ${type} and f.parameter = ${bind(storedAs(target, partOf))} and f.target_type = ${type}`
  const [next, joined] =
    way === 'below'
      ? ['r.id', `join search_reference f on f.target_id = line.id and ${part} join resource r on r.id = f.id`]
      : ['f.target_id', `join resource r on r.id = line.id join search_reference f on f.id = r.id and ${part}`]
  return `with recursive line (id) as (
      select id from unnest(${bind(ids)}::text[]) as given (id)
      union
      select ${next} from line ${joined} left join person p on p.id = r.patient where r.type = ${type} and ${visible(permit, bind)}
    ) select id from line`
}

/**
 * SQL that is true of a row for which all conditions hold. The narrowest of them is evaluated first and by itself, where one can be told to be
 * narrow, and the others of what it leaves: so what is asked of one person costs what is stored of that person, whatever the planner thinks.
 * `walk`: rows come one after the other, and as many as are needed are probed.
 */
export const restriction = (
  builder: Builder,
  type: string,
  conditions: readonly Condition[],
  row: string,
  walk = false,
): string => {
  const first = narrowest(builder, conditions)
  const others = conditions.filter((condition) => condition !== first)
  const narrow =
    first === undefined
      ? []
      : first.on === 'id'
        ? [holds(builder, type, first, row, false)]
        : [`${row}.id = any (array(${idsOf(builder, type, first)}))`]
  return allHold(builder, type, others, row, walk || first !== undefined, narrow)
}

const allHold = (
  builder: Builder,
  type: string,
  conditions: readonly Condition[],
  row: string,
  probe: boolean,
  before: readonly string[] = [],
): string => {
  const all = [...before, ...conditions.map((condition) => holds(builder, type, condition, row, probe))]
  return all.length === 0 ? 'true' : all.join(' and ')
}

/**
 * The rows `r` of a type for which all conditions hold, as `from` and `where`. Where the narrowest of them can be told to be narrow, each row is looked
 * up by an id that it leaves: given the ids as an array, the planner may rather read an index of the whole type, which costs as much as is stored.
 */
export const rowsOf = (
  builder: Builder,
  type: string,
  conditions: readonly Condition[],
): Readonly<{ from: string; where: string }> => {
  const its = builder.bind(type)
  const first = narrowest(builder, conditions)
  if (first === undefined)
    return { from: 'resource r', where: `r.type = ${its} and ${restriction(builder, type, conditions, 'r')}` }
  const others = conditions.filter((condition) => condition !== first)
  return {
    from: `(select distinct id from (${idsOf(builder, type, first)}) found) narrow
      cross join lateral (select * from resource where type = ${its} and id = narrow.id offset 0) r`,
    where: allHold(builder, type, others, 'r', true),
  }
}

/** The narrowest condition of those that can be told to be narrow. */
export const narrowest = (builder: Pick<Builder, 'known'>, conditions: readonly Condition[]): Condition | undefined => {
  let found: Condition | undefined
  let least = Number.POSITIVE_INFINITY
  for (const condition of conditions) {
    const width = widthOf(builder, condition) ?? Number.POSITIVE_INFINITY
    if (width >= least) continue
    found = condition
    least = width
  }
  return found
}

/**
 * True where each branch is narrow: then what is evaluated first, and what is looked up for each row that it leaves, stands in the text and is not
 * for the planner to choose.
 */
export const isSteady = (branches: readonly Branch[]): boolean =>
  branches.every(({ conditions }) => narrowest({}, conditions) !== undefined)

/** True for a type whose resources belong to a person, of which each has few. */
export const isOfPersons = (type: string): boolean => servedType(type)?.person !== undefined

/** How narrow a condition is, the less the narrower; undefined where much may match. */
const widthOf = (builder: Pick<Builder, 'known'>, condition: Condition): number | undefined => {
  if (condition === builder.known?.condition) return 1
  switch (condition.on) {
    case 'id':
      return 0
    case 'token': {
      const { parameter, alternatives } = condition
      const isIdentifier = /(?:^|:)identifier$|:of-type$/.test(parameter)
      return isIdentifier && alternatives.every(({ code }) => code !== undefined) ? 1 : undefined
    }
    case 'reference':
      return condition.alternatives.every(({ type }) => type !== undefined && isOfPersons(type)) ? 2 : undefined
    case 'hierarchy':
      return isOfPersons(condition.target) ? 3 : undefined
    case 'chain':
    case 'has': {
      const width = widthOf(builder, condition.of)
      return width === undefined || (condition.on === 'chain' && !isOfPersons(condition.target)) ? undefined : width + 2
    }
    case 'any': {
      const widths = condition.of.map((one) => widthOf(builder, one))
      return widths.length === 0 || widths.includes(undefined) ? undefined : Math.max(...(widths as number[]))
    }
    default:
      return undefined
  }
}
