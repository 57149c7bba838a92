import type { Database } from '../database/database.ts'

/** A person with what is in force, as one commit left it. */
export type PersonRow = Readonly<{
  id: string
  sequence: number
  custodian: string
  sharing: 'permitted' | 'withheld'
  cprHiddenFrom: readonly string[]
  inForce: readonly string[]
  /** Bodies of the Patient, of what is in force, of what was asked for besides, and of the service's own Tasks about these. */
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
    label: string | null
    author: string | null
  }>[]
}>

/**
 * Reads in one round trip what a commit needs to know: the persons named by id, by identifier or as owner of a target, each with the
 * resources in force, those named by `keys` with all that they refer to, and the Tasks by which the service asks about any of them; and each
 * target, or its last version where it was deleted.
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
    text: `with recursive target as (
        select newest.* from unnest($5::text[], $6::text[]) as wanted (type, id) cross join lateral (
          select type, id, version, deleted, patient, last_updated, body from (
            select type, id, version, false as deleted, patient, last_updated, body from resource where type = wanted.type and id = wanted.id
            union all
            select type, id, version, true, patient, last_updated, '' from resource_history where type = wanted.type and id = wanted.id and deleted
          ) versions order by deleted, version desc limit 1
        ) newest
      ), asked_person as (
        select person.* from (
          select unnest($1::text[]) as id
          union select identity.id from unnest($2::text[], $3::text[]) as wanted (system, value)
            join identity on identity.type = 'Patient' and identity.system = wanted.system and identity.value = wanted.value
          union select patient from target where patient is not null
        ) as asked join person using (id)
      ), closure (type, id) as (
        (
          select split_part(key, '/', 1), split_part(key, '/', 2) from unnest($4::text[]) as key
          union select type, id from target
          -- Plans that are made of a target: they may be signed, or in force, or have been.
          union select holder.type, holder.id from target join search_reference as holder
            on holder.target_type = target.type and holder.target_id = target.id and holder.type = 'CarePlan'
        )
        union
        select next.type, next.id from closure cross join lateral (
          -- What those refer to, and so on; but an earlier plan is no part of a later one, nor is what else was signed part of a plan.
          select further.target_type as type, further.target_id as id from search_reference as further
            where further.type = closure.type and further.id = closure.id and closure.type <> 'Provenance'
              and further.target_type <> 'Patient' and further.parameter <> 'replaces'
          union all
          -- What was signed stands in Provenances, which refer to the plan and not the other way.
          select 'Provenance', act.id from search_reference as act
            where closure.type = 'CarePlan' and act.target_type = 'CarePlan' and act.target_id = closure.id
              and act.type = 'Provenance' and act.parameter = 'target'
        ) as next
      )
      select
        (select json_agg(json_build_object('id', asked_person.id, 'sequence', sequence, 'custodian', custodian, 'sharing', sharing,
            'cprHiddenFrom', cpr_hidden_from, 'inForce', in_force, 'resources', (
              -- None of a person whose Patient was deleted.
              with about (type, id) as (
                select split_part(key, '/', 1), split_part(key, '/', 2) from unnest(in_force) as key
                union select 'Patient', asked_person.id
                union select type, id from closure
              )
              select coalesce(json_agg(json_build_object('type', resource.type, 'id', resource.id, 'version', version, 'patient', patient, 'body', body)), '[]')
              from (
                select type, id from about
                -- What the service itself asks about them (plan/task.ts).
                union select 'Task', asks.id from about join search_reference as asks
                  on asks.target_id = about.id and asks.target_type = about.type and asks.type = 'Task' and asks.id like 'plan-task-%'
              ) as wanted join resource using (type, id)
            ))) from asked_person) as persons,
        (select json_agg(json_build_object('type', type, 'id', id, 'version', version, 'deleted', deleted, 'patient', patient,
            'lastUpdated', to_char(last_updated at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'body', body, 'label', label, 'author', author))
          from target left join marked_resource using (type, id)) as targets`,
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
