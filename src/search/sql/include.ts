import type { Permit } from '../../access/decide.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import { type Include, MOST_INCLUDED } from '../query/query.ts'
import { type Bind, type Sql, statement, visible } from '../sql.ts'
import { type Position, SHOWN } from './statement.ts'

/**
 * What is included with a page (http://hl7.org/fhir/R4/search.html#revinclude): each resource once, none that is on the page itself, only what
 * the permit allows and is of `types`, one more than `MOST_INCLUDED` so that more are known to be. What may not be seen leads no further.
 */
export const includeSql = (
  includes: readonly Include[],
  page: readonly Position[],
  types: readonly string[],
  permit: Permit,
): Sql => ({
  steady: true,
  ...statement(permit, ({ bind }) => {
    const seeds = `unnest(${bind(page.map(({ type }) => type))}::text[], ${bind(page.map(({ id }) => id))}::text[])`
    return `with recursive reached (type, id, seed) as (
        select type, id, true from ${seeds} as page (type, id)
        union
        select r.type, r.id, false from reached
          cross join lateral (${includes.map((include) => stepOf(include, bind)).join(' union all ')}) step
          join resource r on r.type = step.type and r.id = step.id left join person p on p.id = r.patient
          where r.type = any (${bind(types)}::text[]) and ${visible(permit, bind)}
      ), found as materialized (
        -- Nothing stands between the steps and the limit, so that they end where enough is found.
        select type, id from reached where not seed and (type, id) not in (select type, id from ${seeds} as page (type, id))
          limit ${bind(MOST_INCLUDED + 1)}
      )
      select ${SHOWN} from found join resource r using (type, id)`
  }),
})

const stepOf = ({ reverse, type, parameter, target, iterate }: Include, bind: Bind): string =>
  [
    reverse
      ? `select f.type, f.id from search_reference f where f.target_type = reached.type and f.target_id = reached.id`
      : `select f.target_type as type, f.target_id as id from search_reference f where f.type = reached.type and f.id = reached.id`,
    ...(type === undefined ? [] : [`f.type = ${bind(type)}`]),
    type === undefined || parameter === undefined
      ? `f.parameter <> ''`
      : `f.parameter = ${bind(storedAs(type, parameter))}`,
    ...(target === undefined ? [] : [`f.target_type = ${bind(target)}`]),
    ...(iterate ? [] : ['reached.seed']),
  ].join(' and ')
