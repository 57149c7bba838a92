import type { FhirResource, Patient } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { type Issue, isError, Problem, problem } from '../../fhir/outcome.ts'
import { resourceKey } from '../../fhir/resource.ts'
import type { PersonRecord } from '../../plan/person.ts'
import { personTasks } from '../../plan/person-tasks.ts'
import { planTasks } from '../../plan/plan-tasks.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireScope } from '../permission/permission.ts'
import { committing, derivePerson, isDecisive, recordAfter, versionsOf } from '../summaries/derived.ts'
import type { Committed } from '../types.ts'
import { commitWritten } from '../writing/commit.ts'
import { countedOn } from '../writing/counted-on.ts'
import { nextVersions } from '../writing/next-versions.ts'
import { keptRequest } from '../writing/repeats.ts'
import { resourceIssues } from '../writing/write.ts'

/**
 * Commits changed resources of one person, the rules already kept, with what is derived from the record after them. `issues`: what was noticed, for
 * whoever asked.
 */
export const commitPerson = async (
  store: Store,
  cx: RequestContext,
  interaction: string,
  row: PersonRow | undefined,
  before: PersonRecord | undefined,
  changed: readonly FhirResource[],
  issues: readonly Issue[],
): Promise<Committed> => {
  const versions = versionsOf(row)
  const versionOf = (resource: FhirResource): number => versions.get(resourceKey(resource)) ?? 0
  for (const resource of changed) if (versionOf(resource) > 0) requireScope(cx, resource.resourceType, 'u')
  const patient =
    changed.find((resource): resource is Patient => resource.resourceType === 'Patient') ?? before?.patient
  if (patient === undefined)
    throw problem(
      'unprocessable',
      'person-unknown',
      'The person that this plan is about is not registered here, and not part of the request.',
      { code: 'not-found' },
    )
  const patientId = patient.id as string
  // A draft decides nothing: nobody is to be shown anything new.
  const decides =
    row === undefined || changed.some((resource) => isDecisive(resource) || row.inForce.includes(resourceKey(resource)))
  const after = recordAfter(before, patient, changed)
  const asked = committing(cx, row, before)
  const next = nextVersions(cx, row, patientId, [
    ...changed,
    // KeyPlan asks for these, and not the caller.
    ...planTasks(after, changed, asked),
    ...(decides ? personTasks(after, asked) : []),
  ])
  const resources = next.map(({ resource }) => resource)
  const broken = resources.flatMap((resource) => resourceIssues(resource))
  if (broken.some(isError)) throw new Problem('bad-request', broken)

  const rows = next.map(({ written }) => written)
  const persons = decides ? [derivePerson(cx, store.epoch, row, recordAfter(before, patient, resources))] : []
  const counted = countedOn(rows, decides && row !== undefined ? [row] : [])
  const answer: Committed = {
    changed: rows.map(({ type, id, expected, version, body }) => ({
      outcome: expected < 0 ? 'created' : 'updated',
      stored: { type, id, version, lastUpdated: cx.now.toISOString(), deleted: false, body },
    })),
    issues,
  }
  await commitWritten(store, cx, interaction, rows, persons, counted, { kept: keptRequest(cx, answer) })
  return answer
}
