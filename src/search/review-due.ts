import type { Permit } from '../access/decide.ts'
import { stretchOf } from './dates.ts'
import { SHOWN } from './sql/statement.ts'
import { type Bind, type Sql, visible } from './sql.ts'

/** The search parameter by whose rows reviews are found: plans in force alone have a value. */
export const REVIEW_DATE = 'review-date'

/** Active plans whose review is due by a day, soonest first, one more than asked for; only those that the permit allows. */
export const reviewDueSql = (
  permit: Permit,
  asked: Readonly<{ until: string; count: number; after?: Readonly<{ date: string; id: string }> | undefined }>,
): Sql => {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { until, count, after } = asked
  const where = [
    `due.type = 'CarePlan' and due.parameter = ${bind(REVIEW_DATE)} and due.low < ${bind(stretchOf(until)?.high)}::timestamptz`,
    ...(after === undefined
      ? []
      : [`(due.low, due.id) > (${bind(stretchOf(after.date)?.low)}::timestamptz, ${bind(after.id)})`]),
    visible(permit, bind),
  ]
  const text = `select ${SHOWN}
    from search_date due join resource r on r.type = due.type and r.id = due.id left join person p on p.id = r.patient
    where ${where.join(' and ')} order by due.low, due.id limit ${bind(count + 1)}`
  return { text, values }
}
