import type { Condition } from '../query/query.ts'
import { type Builder, visible } from '../sql.ts'
import { idsOf, isOfPersons, narrowest, restriction, rowsOf } from './condition.ts'

/** Of the ids of which a condition holds, no more are looked up one by one. */
const MOST_IDS = 1_000
const MOST_DRIVERS = 3
/** Resources that are gone through in the order of ids, in the hope of a page. */
const MOST_WALKED = 2_000

/** One way to find the rows `r` of a type, as `from` and `where`, which is true of one of the ways alone, told when the statement runs. */
export type Way = Readonly<{ from: string; where: string }>

/** What a page is of: the id that its rows come after, if any, and one more than it holds. */
export type PageOf = Readonly<{ after: string | undefined; most: string }>

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
  { after, most }: PageOf,
): readonly Way[] => {
  const beyond = after === undefined ? 'true' : `r.id > ${builder.bind(after)}`
  const drivers = driversOf(builder, type, conditions)
  if (drivers === undefined) {
    const { from, where } = rowsOf(builder, type, conditions)
    return [{ from, where: `${beyond} and ${where}` }]
  }
  const rows = `r.type = ${builder.bind(type)} and ${beyond}`
  const way = (when: string, where: string): Way => ({ from: 'resource r', where: `${rows} and ${when} and ${where}` })
  const looked = drivers.map(({ type: its, condition }) => {
    const name = builder.first(`select id from (${idsOf(builder, its, condition)}) ids limit ${MOST_IDS + 1}`)
    return { known: { condition, name }, count: `(select count(*) from ${name})` }
  })
  const least = `least(${[MOST_IDS + 1, ...looked.map(({ count }) => count)].join(', ')})`
  const ways = looked.map(({ known, count }, index): Way => {
    const isFirst = looked.slice(0, index).map((other) => `${other.count} > ${count}`)
    return way(
      [`${count} <= ${MOST_IDS}`, `${count} = ${least}`, ...isFirst].join(' and '),
      restriction({ ...builder, known }, type, conditions, 'r'),
    )
  })
  const many = `${least} > ${MOST_IDS}`
  const walked = builder.first(
    `select r.id from (select * from resource r where ${rows} order by r.id limit ${MOST_WALKED}) r
      left join person p on p.id = r.patient
      where ${visible(builder.permit, builder.bind)} and ${restriction(builder, type, conditions, 'r', true)}
      order by r.id limit ${most}`,
  )
  const page = `(select count(*) from ${walked}) = ${most}`
  return [
    ...ways,
    way(`${many} and ${page}`, `r.id = any (array(select id from ${walked}))`),
    way(`${many} and not (${page})`, restriction(builder, type, conditions, 'r')),
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
  hierarchy: 2,
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
