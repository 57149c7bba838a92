import type { RequestContext } from '../context.ts'
import type { PersonRecord } from '../plan/person.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit/audit.ts'
import { about, personUnknown, requireAll, requireScope } from './permission/permission.ts'
import { recordOf } from './summaries/derived.ts'

/** The types of what is in force for a person, all of which a caller of `person` sees. */
const SEEN = ['Patient', 'CarePlan', 'Consent', 'Goal', 'Observation', 'RelatedPerson', 'MedicationRequest'] as const

/** A person with what is in force, as the last commit left it: one round trip, and one for the audit. */
export const person = async (
  store: Store,
  cx: RequestContext,
  id: string,
  interaction: string,
): Promise<PersonRecord> => {
  for (const type of SEEN) requireScope(cx, type, 'r')
  const { persons } = await store.before({ persons: [id], identifiers: [], keys: [], targets: [] })
  const row = persons.find((candidate) => candidate.id === id)
  const record = recordOf(row)
  if (row !== undefined) await requireAll(store, cx, [about(id, row, 'CarePlan')])
  const outcome = record === undefined ? 'not-found' : 'permit'
  await store.audit([auditEntry(cx, interaction, outcome, [`Patient/${id}`], { patient: id })])
  if (record !== undefined) return record
  throw personUnknown(id)
}
