import { visible } from '../../search/sql.ts'
import type { Database } from '../database/database.ts'
import type { SummaryRow } from '../summaries/summaries.ts'

export type EverythingQuestion = Readonly<{
  patient: string
  types: readonly string[]
  /** Instant; only what was written then or later. */
  since: string | undefined
  /** One more than this is answered, where there are more. */
  count: number
  /** Key (`Type/id`) of the last resource of the page before. */
  after: string | undefined
}>

export type EverythingRow = Readonly<{
  type: string
  id: string
  version: number
  lastUpdated: string
  /** Null for a resource of nobody that one of the person's refers to. */
  patient: string | null
  body: string
}>

/** The facts of the access decision, and a page; undefined where the person is not registered. */
export type Everything = Readonly<{
  sharing: SummaryRow['sharing']
  custodian: string
  resources: readonly EverythingRow[]
}>

/**
 * The current resources of a person, the Patient first, then by type and id, with those of nobody that they refer to, and so on: one statement,
 * so one state of the record; of the person's, only what the permit lets the caller see.
 */
export const readEverything = async (
  database: Database,
  { patient, types, since, count, after }: EverythingQuestion,
  permit: Parameters<typeof visible>[0],
): Promise<Everything | undefined> => {
  const values: unknown[] = [patient, types, since ?? null, positionOf(after), count]
  const seen = visible(permit, (value) => `$${values.push(value)}`)
  const [row] = await database.run<Everything>({
    // What may not be seen leads no further.
    text: `with recursive reached (type, id) as (
        select r.type, r.id from resource r join person p on p.id = r.patient where r.patient = $1 and ${seen}
        union
        select target.type, target.id from reached
          join search_reference reference on reference.type = reached.type and reference.id = reached.id
          join resource target on target.type = reference.target_type and target.id = reference.target_id and target.patient is null
      ), page as (
        select resource.*, case when type = 'Patient' then '' else type end || '/' || id collate "C" as position
        from reached join resource using (type, id)
        where type = any ($2) and ($3::timestamptz is null or last_updated >= $3)
      )
      select sharing, custodian, coalesce((
          select json_agg(json_build_object('type', type, 'id', id, 'version', version, 'patient', patient, 'body', body,
            'lastUpdated', to_char(last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')) order by position)
          from (select * from page where position > $4 order by position limit $5 + 1) as page
        ), '[]') as resources
      from person where person.id = $1`,
    values,
  })
  return row
}

const positionOf = (key: string | undefined): string =>
  key === undefined ? '' : key.startsWith('Patient/') ? key.slice('Patient'.length) : key
