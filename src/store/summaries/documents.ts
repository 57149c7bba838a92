import { visible } from '../../search/sql.ts'
import type { Database } from '../database/database.ts'

/** Everything that belongs to a person, with the facts of the access decision. */
export type WholePersonRow = Readonly<{
  patient: string
  sharing: 'permitted' | 'withheld'
  custodian: string
  /** Bodies of all current resources of the person that the permit lets the caller see, the Patient among them. */
  bodies: readonly string[]
}>

/** One statement; undefined where the person is not registered. */
export const readWholePerson = async (
  database: Database,
  patient: string,
  permit: Parameters<typeof visible>[0],
): Promise<WholePersonRow | undefined> => {
  const values: unknown[] = [patient]
  const seen = visible(permit, (value) => `$${values.push(value)}`)
  const [row] = await database.run<WholePersonRow>({
    text: `select p.id as patient, p.sharing, p.custodian,
        coalesce((select array_agg(r.body order by r.type, r.id) from resource r where r.patient = p.id and ${seen}), '{}') as bodies
      from person p where p.id = $1`,
    values,
  })
  return row
}

/** One plan of a lineage, with the summary of the person as it is stored now. */
export type LineageRow = Readonly<{ id: string; patient: string; body: string; summary: string | null }>

/** The plans with this plan identifier, found by the index of search values: one statement. */
export const readLineage = (
  database: Database,
  { system, value }: Readonly<{ system: string; value: string }>,
): Promise<LineageRow[]> =>
  database.run<LineageRow>({
    name: 'read-lineage',
    text: `select plan.id, plan.patient, plan.body, summary.summary
      from search_token token
      join resource plan on plan.type = 'CarePlan' and plan.id = token.id
      left join emergency_summary summary on summary.patient = plan.patient
      where token.type = 'CarePlan' and token.parameter = 'identifier' and token.code = $1 and token.system = $2`,
    values: [value, system],
  })
