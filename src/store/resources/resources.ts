import { markColumns } from '../../search/sql.ts'
import { AUDIT_COLUMNS, type AuditEntry, auditArrays } from '../audit/audit.ts'
import { plain, texts } from '../database/arrays.ts'
import { batch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'

/** A current version with the facts that the access decision needs. */
export type ResourceRow = Readonly<{
  type: string
  id: string
  version: number
  lastUpdated: string
  deleted: boolean
  patient: string | null
  body: string
  sharing: 'permitted' | 'withheld' | null
  custodian: string | null
}>

/** What few rows are marked with (`marked_resource`). */
export type Marks = Readonly<{ label: string | null; author: string | null }>

const COLUMNS = `r.type, r.id, r.version, r.last_updated as "lastUpdated", r.patient, r.body, p.sharing, p.custodian, ${markColumns()}`

type Key = Readonly<{ type: string; id: string }>

/**
 * A question for a current version. `sees`: what was decided (`access/decide.ts`) of a row with no mark that is nobody's, of a person whom the
 * caller's organisation registered, of one whose record is shared, and of others.
 */
export type ReadQuestion = Key &
  Readonly<{
    sees: Readonly<{ nobodys: boolean; own: boolean; shared: boolean; withheld: boolean }>
    audit: Omit<AuditEntry, 'outcome' | 'patient' | 'entities'>
  }>

/** `audited`: the row is visible to the caller, and that it was read is on record. */
export type ReadRow = ResourceRow & Marks & Readonly<{ audited: boolean }>

/**
 * The current version of one resource, or undefined where there is none. Look-up and audit are one statement, so one round trip and one commit,
 * shared by concurrent reads. A row that is not visible is not audited here.
 */
export const readCurrent = (database: Database): ((question: ReadQuestion) => Promise<ReadRow | undefined>) =>
  batch<ReadQuestion, ReadRow | undefined>(async (questions) => {
    const rows = await database.run<ReadRow & { position: number }>({
      name: 'read-current',
      // The first array is hidden from the planner, which would otherwise plan anew for each number of elements.
      text: `with found as materialized (
          select asked.*, r.version, r.last_updated, r.patient, r.body, p.sharing, p.custodian, m.label, m.author,
            m.type is null and case when r.patient is null then asked.nobodys when p.custodian = asked.organization then asked.own
              when p.sharing = 'permitted' then asked.shared else asked.withheld end as visible
          from unnest((select $1::timestamptz[]), $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
              $10::boolean[], $11::boolean[], $12::boolean[], $13::boolean[])
            with ordinality as asked (${AUDIT_COLUMNS}, type, id, nobodys, own, shared, withheld, position)
          join resource r on r.type = asked.type and r.id = asked.id
          left join person p on p.id = r.patient
          left join marked_resource m on m.type = r.type and m.id = r.id
        ), audited as (
          insert into audit_event (${AUDIT_COLUMNS}, outcome, patient, entities)
          select ${AUDIT_COLUMNS}, 'permit', patient, array[type || '/' || id] from found where visible
        )
        select position::integer, type, id, version, last_updated as "lastUpdated", false as deleted, patient, body, sharing,
          custodian, label, author, visible as audited
        from found`,
      values: [
        ...auditArrays(questions.map(({ audit }) => audit)),
        texts(questions.map(({ type }) => type)),
        texts(questions.map(({ id }) => id)),
        plain(questions.map(({ sees }) => sees.nobodys)),
        plain(questions.map(({ sees }) => sees.own)),
        plain(questions.map(({ sees }) => sees.shared)),
        plain(questions.map(({ sees }) => sees.withheld)),
      ],
    })
    const found = new Array<ReadRow | undefined>(questions.length).fill(undefined)
    for (const { position, ...row } of rows) found[position - 1] = row
    return found
  })

/** All versions, newest first, the current one among them; empty where there never was such a resource. */
export const readHistory = async (
  database: Database,
  { type, id }: Key,
  version?: number,
): Promise<readonly (ResourceRow & Marks)[]> =>
  database.run<ResourceRow & Marks>({
    name: 'read-history',
    text: `select * from (
        select ${COLUMNS}, false as deleted from resource r left join person p on p.id = r.patient where r.type = $1 and r.id = $2
        union all
        select ${COLUMNS}, r.deleted from resource_history r left join person p on p.id = r.patient where r.type = $1 and r.id = $2
      ) versions where $3::integer is null or version = $3 order by version desc`,
    values: [type, id, version ?? null],
  })
