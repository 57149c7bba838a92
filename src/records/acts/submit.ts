import type { CarePlan, FhirResource, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { type Issue, isEnough, isError, issue, Problem, problem } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { type PreparedSubmission, prepareSubmission, subjectOf } from '../../plan/submission.ts'
import type { PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireLabelsSeen } from '../permission/labelled.ts'
import { about, requireAll, requireScope } from '../permission/permission.ts'
import type { Seal } from '../seal.ts'
import { custodianOf, recordOf, throwErrors, versionsOf } from '../summaries/derived.ts'
import type { Committed, SubmittedEntry } from '../types.ts'
import { retryOutdated } from '../writing/commit.ts'
import { newId } from '../writing/ids.ts'
import { labelIssues } from '../writing/label.ts'
import { referencesOf, resourceIssues } from '../writing/write.ts'
import { recordAct } from './acts.ts'
import { commitPerson } from './commit-person.ts'

/**
 * Checks and stores a plan with everything that it is made of, and makes it the active one (model.md, sections 1 and 4). One round trip to
 * read the person, one to commit, however many resources. Throws with all issues at once: 400 where resources are broken, 409 where another
 * plan is in the way, 422 where a rule of the plan is.
 */
export const submit = async (
  store: Store,
  seal: Seal,
  cx: RequestContext,
  entries: readonly SubmittedEntry[],
  { activate }: { activate: boolean },
): Promise<Committed> => {
  for (const type of new Set(entries.map(({ resource }) => resource.resourceType))) requireScope(cx, type, 'c')
  const broken: Issue[] = []
  for (const [index, { resource }] of entries.entries()) {
    if (isEnough(broken)) break
    const at = entries.length === 1 ? resource.resourceType : `Bundle.entry[${index}].resource`
    broken.push(...resourceIssues(resource, at), ...labelIssues(resource, at))
  }
  if (broken.some(isError)) throw new Problem('bad-request', broken)
  const submitted = entries as readonly { fullUrl?: string; resource: FhirResource }[]

  return retryOutdated(async () => {
    const row = await readSubject(store, cx, submitted)
    const before = recordOf(row)
    if (row !== undefined && before !== undefined) await requireLabelsSeen(store, cx, row, before)
    const prepared = prepareSubmission(submitted, before, { now: cx.now, newId, activate })
    // The rules have been run on the record as it will be: `prepareSubmission` reports what they found.
    throwErrors(prepared.issues)
    const acts = await recordActs(seal, cx, row, prepared)
    return commitPerson(store, cx, '$submit', row, before, [...prepared.write, ...acts], prepared.issues)
  })
}

/** A Provenance for each plan that came in, and for each that ended with it. */
const recordActs = (
  seal: Seal,
  cx: RequestContext,
  row: PersonRow | undefined,
  { after, write }: PreparedSubmission,
): Promise<Provenance[]> => {
  const versions = versionsOf(row)
  const plans = write.filter((resource): resource is CarePlan => resource.resourceType === 'CarePlan')
  return Promise.all(
    plans.map((plan) => {
      const version = (versions.get(resourceKey(plan)) ?? 0) + 1
      const successor = plans.find(({ replaces }) =>
        replaces?.some(({ reference }) => parseReference(reference)?.key === resourceKey(plan)),
      )
      return recordAct(seal, cx, after, plan, {
        act: plan.status === 'active' ? 'submit' : plan.status === 'draft' ? 'draft' : 'supersede',
        target: `${resourceKey(plan)}/_history/${version}`,
        when: cx.now.toISOString(),
        ...(plan.status === 'revoked' && successor !== undefined ? { source: resourceKey(successor) } : {}),
      })
    }),
  )
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
  // Whom the submission itself registers will be the caller's.
  const person = row ?? { id: named?.id ?? '', sharing: 'permitted' as const, custodian: custodianOf(cx, row) }
  await requireAll(store, cx, [about(person.id, person, 'CarePlan')], { act: 'change' })
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
