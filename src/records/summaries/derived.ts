import type { CarePlan, Consent, Patient, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { parseFhirJson, stringifyFhirJson } from '../../fhir/json.ts'
import { type Issue, isError, Problem } from '../../fhir/outcome.ts'
import { type FhirResource, parseReference, type Resource, type ResourceKey } from '../../fhir/resource.ts'
import { derive } from '../../plan/derive.ts'
import type { Derived } from '../../plan/derived.ts'
import { consentCategory, type PersonRecord, personRecord } from '../../plan/person.ts'
import { checkPerson } from '../../plan/rules/index.ts'
import type { Committing } from '../../plan/task.ts'
import type { DerivedState, WrittenPerson } from '../../store/resources/commit.ts'
import type { PersonRow } from '../../store/resources/persons.ts'

/** The record of a person as the store has it; undefined where the person has been deleted or is new. */
export const recordOf = (row: PersonRow | undefined): PersonRecord | undefined => {
  const resources = (row?.resources ?? []).map(({ body }) => parseFhirJson(body) as FhirResource)
  const patient = resources.find(
    (resource): resource is Patient => resource.resourceType === 'Patient' && resource.id === row?.id,
  )
  return patient === undefined ? undefined : personRecord(patient, resources)
}

/** Versions of the resources that were read with a person. */
export const versionsOf = (row: PersonRow | undefined): ReadonlyMap<string, number> =>
  new Map((row?.resources ?? []).map(({ type, id, version }) => [`${type}/${id}`, version]))

/** What the person decides about who sees their plans. */
const DECIDES_WHO_SEES: readonly ReturnType<typeof consentCategory>[] = ['sharing-decision', 'portal-restriction']

/**
 * True where a resource, by what it is, decides what crews and recipients are shown, or is the record of such a decision: then its commit is
 * checked by the rules and derives anew. A resource in force (`PersonRow.inForce`) does so as well, whatever it is.
 */
export const isDecisive = (resource: Resource): boolean => {
  switch (resource.resourceType) {
    case 'Patient':
      return true
    case 'CarePlan':
      return (resource as CarePlan).status !== 'draft'
    case 'Consent':
      return DECIDES_WHO_SEES.includes(consentCategory(resource as Consent))
    case 'Provenance':
      // A signature, or another act on a plan.
      return (resource as Provenance).target.some(({ reference }) => parseReference(reference)?.type === 'CarePlan')
    default:
      return false
  }
}

/** The record after these changes: `changed` put in or replaced, `removed` taken out. */
export const recordAfter = (
  before: PersonRecord | undefined,
  patient: Patient,
  changed: readonly FhirResource[],
  removed: readonly ResourceKey[] = [],
): PersonRecord => {
  const { resources } = personRecord(patient, [...(before?.resources.values() ?? []), patient, ...changed])
  return { patient, resources: new Map([...resources].filter(([key]) => !removed.includes(key))) }
}

/** The rules' findings on a record as a commit would leave it. Throws where one is an error (see `throwErrors`). */
export const checkRecord = (
  cx: RequestContext,
  before: PersonRecord | undefined,
  after: PersonRecord,
): readonly Issue[] => {
  const issues = checkPerson(after, { before, now: cx.now })
  throwErrors(issues)
  return issues
}

/** ODS code of the organisation that registered a person, or now does. */
export const custodianOf = (cx: RequestContext, row: PersonRow | undefined): string =>
  row?.custodian ?? (cx.caller.kind === 'internal' ? '' : cx.caller.organization)

/** A commit to a person's record, as what is asked of the custodian follows from it. `before`: the record before it. */
export const committing = (
  cx: RequestContext,
  row: PersonRow | undefined,
  before: PersonRecord | undefined,
): Committing => ({
  owner: custodianOf(cx, row),
  now: cx.now,
  before,
  by: cx.caller.kind === 'internal' ? undefined : cx.caller.organization,
})

/**
 * What follows for a person from a commit: the row with everything derived from the record after it. `confirmed` is when the record was last
 * written to, where that is not this commit.
 */
export const derivePerson = (
  cx: RequestContext,
  epoch: number,
  row: PersonRow | undefined,
  after: PersonRecord,
  confirmed?: string,
): WrittenPerson => {
  const expected = row?.sequence ?? 0
  const derived = rendered(derive(after, { now: cx.now, sequence: expected + 1, epoch, confirmed }))
  return {
    id: after.patient.id as string,
    expected,
    custodian: custodianOf(cx, row),
    hidesAnew: derived.cprHiddenFrom.join() !== (row?.cprHiddenFrom ?? []).join(),
    ...derived,
  }
}

/** What is derived, as it is stored. */
export const rendered = (derived: Derived): DerivedState => ({
  jurisdiction: derived.jurisdiction,
  sharing: derived.sharing,
  cprHiddenFrom: derived.cprHiddenFrom,
  inForce: derived.inForce,
  outcome: derived.emergency.outcome,
  answer: stringifyFhirJson(derived.emergency.answer),
  state: derived.summaryState,
  summary: derived.summary === undefined ? null : stringifyFhirJson(derived.summary),
  tombstone: stringifyFhirJson(derived.tombstone),
  nextTurn: derived.nextTurn ?? null,
})

/** Throws a Problem where one of the issues is an error: all of them together; 409 where another plan is in the way, 422 otherwise. */
export const throwErrors = (issues: readonly Issue[]): void => {
  if (!issues.some(isError)) return
  throw new Problem(
    issues.some((found) => isError(found) && found.code === 'conflict') ? 'conflict' : 'unprocessable',
    issues,
  )
}
