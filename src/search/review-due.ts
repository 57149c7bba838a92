import type { Permit } from '../access/decide.ts'
import { type Bind, type Sql, visible } from './sql.ts'

/**
 * Name under which the review date of an active plan stands among the token rows: they are sorted by code, and dates of one form sort
 * as text. It is no search parameter: a client finds plans by it through CarePlan/$review-due alone.
 */
export const REVIEW_DATE = '_review-date'

/** Active plans whose review is due by a day, soonest first, one more than asked for; only those that the permit allows. */
export const reviewDueSql = (
  permit: Permit,
  asked: Readonly<{ until: string; count: number; after?: Readonly<{ date: string; id: string }> | undefined }>,
): Sql => {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const { until, count, after } = asked
  const where = [
    `due.type = 'CarePlan' and due.parameter = ${bind(REVIEW_DATE)} and due.code <= ${bind(until)}`,
    ...(after === undefined ? [] : [`(due.code, due.id) > (${bind(after.date)}, ${bind(after.id)})`]),
    visible(permit, bind),
  ]
  const text = `select r.type, r.id, r.version, r.last_updated as "lastUpdated", false as deleted, r.patient, r.body, p.sharing, p.custodian
    from search_token due join resource r on r.type = due.type and r.id = due.id left join person p on p.id = r.patient
    where ${where.join(' and ')} order by due.code, due.id limit ${bind(count + 1)}`
  return { text, values }
}
