import type { Database } from './database.ts'

/** A person with what is in force, as one commit left it. */
export type PersonRow = Readonly<{
  id: string
  sequence: number
  custodian: string
  sharing: 'permitted' | 'withheld'
  inForce: readonly string[]
  /** Bodies of the Patient, of what is in force, and of what was asked for besides. */
  resources: readonly Readonly<{ type: string; id: string; version: number; patient: string | null; body: string }>[]
}>

/** State that a commit is computed from. */
export type Before = Readonly<{
  persons: readonly PersonRow[]
  /** The resources asked for by key; a deleted one has its last version and an empty body. */
  targets: readonly Readonly<{
    type: string
    id: string
    version: number
    deleted: boolean
    patient: string | null
    lastUpdated: string
    body: string
  }>[]
}>

/**
 * Reads in one round trip what a commit needs to know: the persons named by id or identifier, each with the resources in force and those
 * named by `keys`; and the newest version of each target, deleted ones included.
 */
export const readBefore = async (
  database: Database,
  asked: Readonly<{
    persons: readonly string[]
    identifiers: readonly Readonly<{ system: string; value: string }>[]
    keys: readonly string[]
    targets: readonly Readonly<{ type: string; id: string }>[]
  }>,
): Promise<Before> => {
  const rows = await database.run<{ persons: PersonRow[] | null; targets: Before['targets'] | null; epoch: number }>({
    name: 'read-before',
    text: `with asked_person as (
        select person.* from person where id = any ($1::text[])
          or id in (select identity.id from unnest($2::text[], $3::text[]) as wanted (system, value)
                    join identity on identity.type = 'Patient' and identity.system = wanted.system and identity.value = wanted.value)
          or id in (select resource.patient from unnest($5::text[], $6::text[]) as target (type, id) join resource using (type, id))
      ), target as (
        select newest.* from unnest($5::text[], $6::text[]) as wanted (type, id) cross join lateral (
          select type, id, version, deleted, patient, last_updated, body from (
            select type, id, version, false as deleted, patient, last_updated, body from resource where type = wanted.type and id = wanted.id
            union all
            select type, id, version, true, patient, last_updated, '' from resource_history where type = wanted.type and id = wanted.id and deleted
          ) versions order by version desc limit 1
        ) newest
      )
      select
        (select json_agg(json_build_object('id', asked_person.id, 'sequence', sequence, 'custodian', custodian, 'sharing', sharing,
            'inForce', in_force, 'resources', (
              select json_agg(json_build_object('type', type, 'id', resource.id, 'version', version, 'patient', patient, 'body', body))
              from (
                select unnest(in_force || $4::text[] || ('Patient/' || asked_person.id)) as key
                union
                -- What was signed stands in its Provenances, which refer to the plan and not the other way.
                select 'Provenance/' || signature.id
                from unnest($5::text[], $6::text[]) as target (type, id) join search_reference as signature
                  on signature.target_id = target.id and signature.target_type = target.type
                  and signature.type = 'Provenance' and signature.parameter = 'target'
              ) as wanted
              join resource on resource.type = split_part(wanted.key, '/', 1) and resource.id = split_part(wanted.key, '/', 2)
            ))) from asked_person) as persons,
        (select json_agg(json_build_object('type', type, 'id', id, 'version', version, 'deleted', deleted, 'patient', patient,
            'lastUpdated', to_char(last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'body', body)) from target) as targets`,
    values: [
      asked.persons,
      asked.identifiers.map(({ system }) => system),
      asked.identifiers.map(({ value }) => value),
      asked.keys,
      asked.targets.map(({ type }) => type),
      asked.targets.map(({ id }) => id),
    ],
  })
  return { persons: rows[0]?.persons ?? [], targets: rows[0]?.targets ?? [] }
}
