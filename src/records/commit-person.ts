import type { FhirResource, Patient } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { isError, Problem, problem } from '../fhir/outcome.ts'
import { resourceKey } from '../fhir/resource.ts'
import type { PersonRecord } from '../plan/person.ts'
import type { PersonRow } from '../store/persons.ts'
import type { Store } from '../store/store.ts'
import { commitWritten } from './commit.ts'
import { derivePerson, recordAfter, versionsOf } from './derived.ts'
import type { Changed } from './types.ts'
import { referencesOf, resourceIssues, stamp, written } from './write.ts'

/** Commits changed resources of one person, the rules already kept, with what is derived from the record after them. */
export const commitPerson = async (
  store: Store,
  cx: RequestContext,
  interaction: string,
  row: PersonRow | undefined,
  before: PersonRecord | undefined,
  changed: readonly FhirResource[],
): Promise<Changed[]> => {
  const versions = versionsOf(row)
  const stamped = changed.map((resource) => {
    const expected = versions.get(resourceKey(resource)) ?? 0
    return { expected, resource: stamp(resource, resource.id as string, expected + 1, cx.now) as FhirResource }
  })
  const resources = stamped.map(({ resource }) => resource)
  const patient =
    resources.find((resource): resource is Patient => resource.resourceType === 'Patient') ?? before?.patient
  if (patient === undefined)
    throw problem(
      'unprocessable',
      'person-unknown',
      'The person that this plan is about is not registered here, and not part of the request.',
      { code: 'not-found' },
    )
  const broken = resources.flatMap((resource) => resourceIssues(resource))
  if (broken.some(isError)) throw new Problem('bad-request', broken)

  const person = derivePerson(cx, store.epoch, row, recordAfter(before, patient, resources))
  const patientId = patient.id as string
  const rows = stamped.map(({ resource, expected }) =>
    written(resource, { expected, version: expected + 1, patient: patientId }),
  )
  const inCommit = new Set(resources.map((resource): string => resourceKey(resource)))
  const mustExist = resources
    .flatMap(referencesOf)
    .filter((key) => !inCommit.has(key))
    .map((key) => ({ type: key.split('/')[0] as string, id: key.split('/')[1] as string, patient: patientId }))
  await commitWritten(store, cx, interaction, rows, [person], mustExist)
  return rows.map(({ type, id, expected, version, body }) => ({
    outcome: expected === 0 ? 'created' : 'updated',
    stored: { type, id, version, lastUpdated: cx.now.toISOString(), deleted: false, body },
  }))
}
