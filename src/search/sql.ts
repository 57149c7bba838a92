import type { Permit } from '../access/decide.ts'
import type { Condition, Query } from './query.ts'

export type Sql = Readonly<{ text: string; values: readonly unknown[] }>

export type Bind = (value: unknown) => string

/**
 * The statement that answers a query: current resources with their facts, in the order of ids, one more than asked for so that a next page is
 * known to exist. What the permit does not allow is left out by the same WHERE, so no row, count or page can leak.
 */
export const searchSql = (query: Query, permit: Permit): Sql => {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const where = [
    `r.type = ${bind(query.type)}`,
    visible(permit, bind),
    ...query.conditions.map((condition) => matches(query.type, condition, bind)),
    ...(query.after === undefined ? [] : [`r.id > ${bind(query.after)}`]),
  ]
  const text = `select r.type, r.id, r.version, r.last_updated as "lastUpdated", false as deleted, r.patient, r.body, p.sharing, p.custodian
    from resource r left join person p on p.id = r.patient
    where ${where.join(' and ')} order by r.id limit ${bind(query.count + 1)}`
  return { text, values }
}

/** The SQL form of `access/decide.ts`: rows `r` with their person `p` that the permit lets the caller see. */
export const visible = (permit: Permit, bind: Bind): string =>
  permit.custodian === undefined
    ? 'true'
    : `(r.patient is null or p.sharing = 'permitted' or p.custodian = ${bind(permit.custodian)})`

const matches = (type: string, condition: Condition, bind: Bind): string => {
  switch (condition.on) {
    case 'id':
      return `r.id = any (${bind(condition.ids)}::text[])`
    case 'token': {
      const any = condition.alternatives.map(({ system, code }) =>
        [
          ...(code === undefined ? [] : [`code = ${bind(code)}`]),
          // `|code` asks for a code without a system: stored as the empty string.
          ...(system === undefined ? [] : [`system = ${bind(system)}`]),
        ].join(' and '),
      )
      return `r.id in (select id from search_token where type = ${bind(type)} and parameter = ${bind(condition.parameter)} and (${any.join(' or ')}))`
    }
    case 'reference': {
      const any = condition.alternatives.map(({ type: target, id }) =>
        target === undefined ? `target_id = ${bind(id)}` : `target_id = ${bind(id)} and target_type = ${bind(target)}`,
      )
      return `r.id in (select id from search_reference where type = ${bind(type)} and parameter = ${bind(condition.parameter)} and (${any.join(' or ')}))`
    }
  }
}
