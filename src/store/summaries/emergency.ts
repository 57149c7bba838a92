import { AUDIT_COLUMNS, type AuditEntry, auditArrays } from '../audit/audit.ts'
import { texts } from '../database/arrays.ts'
import { batch } from '../database/batch.ts'
import type { Database } from '../database/database.ts'

type Audit = Omit<AuditEntry, 'outcome' | 'patient' | 'entities'>

export type EmergencyQuestion = Readonly<{ system: string; value: string; audit: Audit }>
export type DemographicQuestion = Readonly<{ name: string; birthDate: string; postcode: string; audit: Audit }>
export type EmergencyRow = Readonly<{ outcome: 'current-plan' | 'no-plan' | 'withheld'; answer: string }>

/**
 * The stored emergency answer of the person with this identifier, or undefined where no such person is registered. Look-up and audit are
 * one statement, so one round trip and one commit, shared by concurrent questions.
 */
export const emergencyLookup = (
  database: Database,
): ((question: EmergencyQuestion) => Promise<EmergencyRow | undefined>) =>
  batch<EmergencyQuestion, EmergencyRow | undefined>(async (questions) => {
    const rows = await database.run<{
      position: number
      outcome: EmergencyRow['outcome'] | null
      answer: string | null
    }>({
      name: 'emergency-lookup',
      text: `with question as materialized (
          select asked.*, identity.id as patient, summary.outcome, summary.answer
          from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[])
            with ordinality as asked (${AUDIT_COLUMNS}, system, value, position)
          left join identity on identity.type = 'Patient' and identity.system = asked.system and identity.value = asked.value
          left join emergency_summary summary on summary.patient = identity.id
        ), audited as (
          insert into audit_event (${AUDIT_COLUMNS}, outcome, reason, patient, entities)
          select ${AUDIT_COLUMNS}, case when patient is null then 'not-found' when outcome = 'withheld' then 'deny' else 'permit' end,
            outcome, patient, case when patient is null then '{}'::text[] else array['Patient/' || patient] end
          from question
        )
        select position::integer, outcome, answer from question`,
      values: [
        ...auditArrays(questions.map(({ audit }) => audit)),
        texts(questions.map(({ system }) => system)),
        texts(questions.map(({ value }) => value)),
      ],
    })
    const answers = new Array<EmergencyRow | undefined>(questions.length).fill(undefined)
    for (const { position, outcome, answer } of rows) {
      if (outcome !== null && answer !== null) answers[position - 1] = { outcome, answer }
    }
    return answers
  })

/**
 * The stored emergency answer of the one person whom name, birth date and postcode fit; `ambiguous` where they fit several; undefined where they
 * fit nobody. How names are compared stands with `name_fits`. Look-up and audit are one statement: one row, which names everyone whom it found.
 */
export const emergencyByDemographics = async (
  database: Database,
  { name, birthDate, postcode, audit }: DemographicQuestion,
): Promise<EmergencyRow | 'ambiguous' | undefined> => {
  const [row] = await database.run<{
    people: number
    outcome: EmergencyRow['outcome'] | null
    answer: string | null
  }>({
    name: 'emergency-by-demographics',
    text: `with found as materialized (
        select distinct patient from person_demographics
        where birth_date = $8::date and postcode = folded_postcode($9) and name_fits(name_words($10), family, given)
      ), question as materialized (
        select count(*)::integer as people, case when count(*) = 1 then min(patient) end as patient,
          coalesce(array_agg('Patient/' || patient order by patient), '{}') as entities
        from found
      ), audited as (
        insert into audit_event (${AUDIT_COLUMNS}, outcome, reason, patient, entities, query)
        select asked.*,
          case when people = 0 then 'not-found' when people > 1 or summary.outcome = 'withheld' then 'deny' else 'permit' end,
          case when people > 1 then 'ambiguous' else summary.outcome end, question.patient, entities, 'name&birthDate&postcode'
        from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
          as asked (${AUDIT_COLUMNS}), question left join emergency_summary summary on summary.patient = question.patient
      )
      select people, summary.outcome, summary.answer
      from question left join emergency_summary summary on summary.patient = question.patient`,
    values: [...auditArrays([audit]), birthDate, postcode, name],
  })
  if (row === undefined || row.people === 0) return undefined
  if (row.people > 1) return 'ambiguous'
  return row.outcome === null || row.answer === null ? undefined : { outcome: row.outcome, answer: row.answer }
}
