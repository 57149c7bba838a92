import { servedType } from '../../definitions/served.ts'
import type { Condition } from '../query/query.ts'
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
      return `exists (select from (${condition.of.map((one) => idsOf(builder, type, one)).join(' union all ')}) found where found.id = ${row}.id${once})`
    default: {
      const { from, where, id } = sourceOf(builder, type, condition)
      return `exists (select from ${from} where ${where} and ${id} = ${row}.id${once})`
    }
  }
}

/** A statement of the ids of which a condition holds, as far as the rows of search values tell them. */
const idsOf = (builder: Builder, type: string, condition: Condition): string => {
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

const sourceOf = (builder: Builder, type: string, condition: Found): Source => {
  const { bind, alias, permit } = builder
  const t = alias()
  switch (condition.on) {
    case 'present':
      return {
        from: `${TABLE[condition.kind]} ${t}`,
        where: `${t}.type = ${bind(type)} and ${t}.parameter = ${bind(condition.parameter)}`,
        id: `${t}.id`,
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
          `${t}.type = ${bind(source)} and ${t}.parameter = ${bind(condition.parameter)} and ${t}.target_type = ${bind(target)}`,
          visible(permit, bind, row, `p_${row}`),
          restriction(builder, isChain ? target : source, [condition.of], row),
        ].join(' and '),
        id,
      }
    }
    default:
      return {
        from: `${TABLE[condition.on]} ${t}`,
        where: `${t}.type = ${bind(type)} and ${rowHolds(condition, t, bind)}`,
        id: `${t}.id`,
      }
  }
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
  const probe = walk || first !== undefined
  const all = [...narrow, ...others.map((condition) => holds(builder, type, condition, row, probe))]
  return all.length === 0 ? 'true' : all.join(' and ')
}

/** The narrowest condition of those that can be told to be narrow. */
const narrowest = (builder: Builder, conditions: readonly Condition[]): Condition | undefined =>
  conditions
    .flatMap((condition) => {
      const width = widthOf(builder, condition)
      return width === undefined ? [] : [{ condition, width }]
    })
    .toSorted((a, b) => a.width - b.width)[0]?.condition

/** Of the ids of which a condition holds, no more are looked up one by one. */
const MOST_IDS = 1_000
const MOST_DRIVERS = 3
/** Resources that are gone through in the order of ids, in the hope of a page. */
const MOST_WALKED = 2_000

/** One way to find the rows of a type: `when` is true of exactly one of them, told when the statement runs. */
export type Way = Readonly<{ when: string; where: string }>

/** What a page is of: its rows `r` besides the conditions, and one more than it holds. */
export type PageOf = Readonly<{ rows: () => string; most: string }>

/**
 * The ways to find a page of rows for which all conditions hold, in the order of their ids. The planner takes the conditions of a search for
 * independent of each other and of the type, and thinks a hundred thousand matches a few. So it is looked first. Where no more than `MOST_IDS`
 * match one of the conditions, those of the one that fewest match are looked up. Else a walk through the first resources comes upon a page, if
 * enough match; and if they do not, all that match are brought together.
 */
export const waysOf = (
  builder: Builder,
  type: string,
  conditions: readonly Condition[],
  { rows, most }: PageOf,
): readonly Way[] => {
  const drivers = driversOf(builder, type, conditions)
  if (drivers === undefined) return [{ when: 'true', where: restriction(builder, type, conditions, 'r') }]
  const looked = drivers.map(({ type: its, condition }) => {
    const name = builder.first(`select id from (${idsOf(builder, its, condition)}) ids limit ${MOST_IDS + 1}`)
    return { known: { condition, name }, count: `(select count(*) from ${name})` }
  })
  const least = `least(${[MOST_IDS + 1, ...looked.map(({ count }) => count)].join(', ')})`
  const ways = looked.map(({ known, count }, index): Way => {
    const isFirst = looked.slice(0, index).map((other) => `${other.count} > ${count}`)
    return {
      when: [`${count} <= ${MOST_IDS}`, `${count} = ${least}`, ...isFirst].join(' and '),
      where: restriction({ ...builder, known }, type, conditions, 'r'),
    }
  })
  const many = `${least} > ${MOST_IDS}`
  const walked = builder.first(
    `select r.id from (select * from resource r where ${rows()} order by r.id limit ${MOST_WALKED}) r
      left join person p on p.id = r.patient
      where ${visible(builder.permit, builder.bind)} and ${restriction(builder, type, conditions, 'r', true)}
      order by r.id limit ${most}`,
  )
  const page = `(select count(*) from ${walked}) = ${most}`
  return [
    ...ways,
    { when: `${many} and ${page}`, where: `r.id = any (array(select id from ${walked}))` },
    { when: `${many} and not (${page})`, where: restriction(builder, type, conditions, 'r') },
  ]
}

/** The conditions to look at first, if any; undefined where there is nothing to find out. */
const driversOf = (builder: Builder, type: string, conditions: readonly Condition[]): readonly Driver[] | undefined =>
  narrowest(builder, conditions) !== undefined || conditions.every(({ on }) => on === 'updated')
    ? undefined
    : conditions
        .flatMap((condition) => driverOf(type, condition) ?? [])
        .toSorted((a, b) => RANK[a.condition.on] - RANK[b.condition.on])
        .slice(0, MOST_DRIVERS)

type Driver = Readonly<{ type: string; condition: Condition }>

/** Which conditions are worth looking at first: those of which least is expected to match. */
const RANK: Readonly<Record<Condition['on'], number>> = {
  id: 0,
  string: 1,
  reference: 2,
  chain: 2,
  any: 2,
  has: 2,
  uri: 3,
  composite: 4,
  date: 5,
  quantity: 6,
  number: 6,
  token: 7,
  present: 8,
  updated: 9,
  not: 9,
}

/** The part of a condition from which few ids lead to few, and the type that these are of. */
const driverOf = (type: string, condition: Condition): Driver | undefined => {
  switch (condition.on) {
    case 'id':
    case 'updated':
    case 'not':
    case 'present':
      return undefined
    case 'has':
      return driverOf(condition.source, condition.of)
    case 'chain':
      // Very many may refer to one organisation: there its own matches are looked at.
      return isOfPersons(condition.target) ? driverOf(condition.target, condition.of) : { type, condition }
    default:
      return { type, condition }
  }
}

const isOfPersons = (type: string): boolean => servedType(type)?.person !== undefined

/** How narrow a condition is, the less the narrower; undefined where much may match. */
const widthOf = (builder: Builder, condition: Condition): number | undefined => {
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
