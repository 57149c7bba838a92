import type { Permit } from '../../access/decide.ts'
import { storedAs } from '../../definitions/search-parameters.ts'
import type { BareReference } from '../query/bare.ts'
import { type Sql, statement, visible } from '../sql.ts'

/** Of a BareReference: that something which may be seen refers by it to a resource of `target`. */
export type LeadsTo = Readonly<{ type: string; parameter: string; id: string; target: string }>

/** To which types ids alone lead, from what the permit allows to see: a row for each (`LeadsTo`). */
export const leadsToSql = (bare: readonly BareReference[], permit: Permit): Sql =>
  statement(permit, ({ bind }) => {
    const wanted = bare.flatMap(({ targets, ...one }) => targets.map((target) => ({ ...one, target })))
    const column = (of: (one: LeadsTo) => string): string => `${bind(wanted.map(of))}::text[]`
    const columns = [
      column(({ type }) => type),
      column(({ parameter }) => parameter),
      column(({ id }) => id),
      column(({ target }) => target),
      column(({ type, parameter }) => storedAs(type, parameter)),
    ]
    return `select w.type, w.parameter, w.id, w.target from unnest(${columns.join(', ')}) as w (type, parameter, id, target, stored)
      where exists (
        select from search_reference f join resource r on r.type = f.type and r.id = f.id left join person p on p.id = r.patient
          where f.type = w.type and f.parameter = w.stored and f.target_type = w.target and f.target_id = w.id and ${visible(permit, bind)}
      )`
  })
