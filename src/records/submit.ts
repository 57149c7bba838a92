import type { CarePlan, Patient } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { isError, issue, Problem, problem } from '../fhir/outcome.ts'
import { type FhirResource, parseReference, resourceKey } from '../fhir/resource.ts'
import { endPlan } from '../plan/lifecycle.ts'
import { prepareSubmission, subjectOf } from '../plan/submission.ts'
import type { PersonRow } from '../store/persons.ts'
import type { Store } from '../store/store.ts'
import { commitWritten, retryOutdated } from './commit.ts'
import { derivePerson, recordAfter, recordOf, throwErrors, versionsOf } from './derived.ts'
import { newId } from './ids.ts'
import { maySee, requireScope, sharingWithheld } from './permission.ts'
import type { Committed, SubmittedEntry } from './types.ts'
import { referencesOf, resourceIssues, stamp, written } from './write.ts'

/**
 * Checks and stores a plan with everything that it is made of, and makes it the active one (model.md, sections 1 and 4). One round trip to
 * read the person, one to commit, however many resources. Throws with all issues at once: 400 where resources are broken, 409 where another
 * plan is in the way, 422 where a rule of the plan is.
 */
export const submit = async (
  store: Store,
  cx: RequestContext,
  entries: readonly SubmittedEntry[],
  { activate }: { activate: boolean },
): Promise<Committed> => {
  for (const type of new Set(entries.map(({ resource }) => resource.resourceType))) requireScope(cx, type, 'c')
  const broken = entries.flatMap(({ resource }, index) =>
    resourceIssues(resource, entries.length === 1 ? resource.resourceType : `Bundle.entry[${index}].resource`),
  )
  if (broken.some(isError)) throw new Problem('bad-request', broken)
  const submitted = entries as readonly { fullUrl?: string; resource: FhirResource }[]

  return retryOutdated(async () => {
    const row = await readSubject(store, cx, submitted)
    const before = recordOf(row)
    const prepared = prepareSubmission(submitted, before, { now: cx.now, newId, activate })
    throwErrors(prepared.issues)
    const committed = await commitPerson(store, cx, '$submit', row, prepared.write)
    return { ...committed, issues: [...prepared.issues, ...committed.issues] }
  })
}

/** Ends the active plan, with what belongs to it, for a reason. From the commit on nothing shows it as current. */
export const revoke = async (
  store: Store,
  cx: RequestContext,
  id: string,
  reason: Readonly<{ code: 'withdrawn' | 'person-died' | 'entered-in-error'; text: string }>,
  ifMatch: number | undefined,
): Promise<Committed> => {
  requireScope(cx, 'CarePlan', 'u')
  return retryOutdated(async () => {
    const { persons, targets } = await store.before({
      persons: [],
      identifiers: [],
      keys: [`CarePlan/${id}`],
      targets: [{ type: 'CarePlan', id }],
    })
    const [target] = targets
    const [row] = persons
    const record = recordOf(row)
    if (target === undefined || row === undefined || record === undefined)
      throw problem('not-found', 'not-found', `There is no CarePlan/${id} here.`)
    if (!maySee(cx, row)) throw sharingWithheld()
    if (target.deleted) throw problem('gone', 'deleted', `CarePlan/${id} was deleted.`)
    if (ifMatch !== undefined && ifMatch !== target.version) {
      throw problem(
        'version-mismatch',
        'version-mismatch',
        `CarePlan/${id} is not at the version of If-Match: the current version is ${target.version}.`,
        { expression: 'If-Match', headers: { ETag: `W/"${target.version}"` } },
      )
    }
    const plan = record.resources.get(`CarePlan/${id}`) as CarePlan
    if (plan.status !== 'active') {
      throw problem(
        'conflict',
        'plan-not-active',
        `CarePlan/${id} is ${plan.status}, not active: there is nothing to revoke.`,
        { expression: 'CarePlan.status' },
      )
    }
    return commitPerson(store, cx, '$revoke', row, endPlan(record, plan, { ...reason, now: cx.now }))
  })
}

/** The person whom a submission is about, as stored; undefined for one whom the submission itself registers. */
const readSubject = async (
  store: Store,
  cx: RequestContext,
  entries: readonly { fullUrl?: string; resource: FhirResource }[],
): Promise<PersonRow | undefined> => {
  const { reference, identifiers } = subjectOf(entries)
  const named = parseReference(reference)
  const { persons } = await store.before({
    persons: named === undefined ? [] : [named.id],
    identifiers: identifiers.flatMap(({ system, value }) =>
      system === undefined || value === undefined ? [] : [{ system, value }],
    ),
    keys: entries.flatMap(({ resource }) => referencesOf(resource)),
    targets: [],
  })
  if (persons.length > 1) {
    throw new Problem('conflict', [
      issue(
        'person-ambiguous',
        'Patient.identifier',
        'The identifiers belong to more than one person. It must be certain whose plan this is: check each identifier.',
        { code: 'conflict' },
      ),
    ])
  }
  const [row] = persons
  if (row !== undefined && !maySee(cx, row)) throw sharingWithheld()
  if (row === undefined && named !== undefined) {
    throw problem(
      'unprocessable',
      'person-unknown',
      'The person that this plan is about is not registered here. Register the Patient first, or send it with the plan.',
      { expression: 'CarePlan.subject', code: 'not-found' },
    )
  }
  return row
}

/** Commits changed resources of one person, with what is derived from the record after them. */
const commitPerson = async (
  store: Store,
  cx: RequestContext,
  interaction: string,
  row: PersonRow | undefined,
  changed: readonly FhirResource[],
): Promise<Committed> => {
  const versions = versionsOf(row)
  const before = recordOf(row)
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

  const derived = derivePerson(cx, store.epoch, row, before, recordAfter(before, patient, resources))
  const patientId = patient.id as string
  const rows = stamped.map(({ resource, expected }) =>
    written(resource, { expected, version: expected + 1, patient: patientId }),
  )
  const inCommit = new Set(resources.map((resource): string => resourceKey(resource)))
  const mustExist = resources
    .flatMap(referencesOf)
    .filter((key) => !inCommit.has(key))
    .map((key) => ({ type: key.split('/')[0] as string, id: key.split('/')[1] as string, patient: patientId }))
  await commitWritten(store, cx, interaction, rows, [derived.person], mustExist)
  return {
    issues: derived.issues,
    changed: rows.map(({ type, id, expected, version, body }) => ({
      outcome: expected === 0 ? 'created' : 'updated',
      stored: { type, id, version, lastUpdated: cx.now.toISOString(), deleted: false, body },
    })),
  }
}
