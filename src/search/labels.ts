import type { Permit } from '../access/decide.ts'
import { type Bind, type Sql, visible } from './sql.ts'

/** A label that some resource carries; `system` is empty where a tag has none, and for a profile. */
export type LabelRow = Readonly<{ parameter: '_tag' | '_security' | '_profile'; system: string; code: string }>

/** A value is looked up from the one before it, so that what many resources carry costs no more than what one does. */
const walk = (table: string, columns: string, parameters: string, types: string): string => {
  const first = columns.split(', ').map((column) => `v.${column}`)
  const same = `v.type = w.type and v.parameter = w.parameter`
  return `walk_${table} as (
    select asked.type, asked.parameter, ${first.join(', ')}
      from (select type, parameter from unnest(${types}::text[]) as type, unnest(${parameters}::text[]) as parameter) asked
      cross join lateral (select ${columns} from ${table} v where v.type = asked.type and v.parameter = asked.parameter order by ${columns} limit 1) v
    union all
    select w.type, w.parameter, ${first.join(', ')} from walk_${table} w
      cross join lateral (select ${columns} from ${table} v where ${same} and (${first.join(', ')}) > (${columns
        .split(', ')
        .map((column) => `w.${column}`)
        .join(', ')}) order by ${columns} limit 1) v
  )`
}

const seen = (table: string, columns: readonly string[], permit: Permit, bind: Bind): string =>
  `exists (select from ${table} k join resource r on r.type = k.type and r.id = k.id left join person p on p.id = r.patient
    where k.type = w.type and k.parameter = w.parameter and ${columns.map((column) => `k.${column} = w.${column}`).join(' and ')} and ${visible(permit, bind)})`

/** The tags, security labels and profiles of resources of these types that the permit lets the caller see, at most so many rows. */
export const labelsSql = (types: readonly string[], permit: Permit, most: number): Sql => {
  const values: unknown[] = []
  const bind: Bind = (value) => `$${values.push(value)}`
  const asked = bind(types)
  const text = `with recursive ${walk('search_token', 'code, system', bind(['_tag', '_security']), asked)},
    ${walk('search_uri', 'value', bind(['_profile']), asked)}
    (select distinct w.parameter, w.system, w.code from walk_search_token w where ${seen('search_token', ['code', 'system'], permit, bind)}
      union select distinct w.parameter, '', w.value from walk_search_uri w where ${seen('search_uri', ['value'], permit, bind)})
    order by 1, 2, 3 limit ${bind(most)}`
  return { text, values }
}
