import type { Patient, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../context.ts'
import { type Issue, isError, issue, Problem } from '../fhir/outcome.ts'
import { type FhirResource, parseReference, type Resource, type ResourceKey } from '../fhir/resource.ts'
import type { Before, PersonRow } from '../store/persons.ts'
import type { Store } from '../store/store.ts'
import { commitWritten, retryOutdated } from './commit.ts'
import { findExisting } from './conditional.ts'
import { checkRecord, derivePerson, isDecisive, recordAfter, recordOf } from './derived.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { maySee, requireScope, sharingWithheld } from './permission.ts'
import { type Planned, planChanges, plannedIssues } from './planned.ts'
import type { Change, Changed, Committed } from './types.ts'
import { personOf, referencesOf } from './write.ts'

/**
 * Commits a list of changes, all or nothing (http://hl7.org/fhir/R4/http.html#transaction): each resource valid by itself, the rules of the
 * persons' plans kept, everything derived in the same commit. New resources that decide nothing take one round trip; all else takes one to
 * read what the commit is computed from, and one to commit.
 */
export const transact = async (
  store: Store,
  cx: RequestContext,
  changes: readonly Change[],
  interaction: string,
): Promise<Committed> => {
  for (const change of changes) {
    if (change.do === 'delete') requireScope(cx, change.type, 'd')
    else requireScope(cx, change.resource.resourceType, change.do === 'create' ? 'c' : 'u')
  }
  return retryOutdated(() => attempt(store, cx, changes, interaction))
}

const attempt = async (
  store: Store,
  cx: RequestContext,
  changes: readonly Change[],
  interaction: string,
): Promise<Committed> => {
  const found = await Promise.all(
    changes.map((change) =>
      change.do === 'create' && change.ifNoneExist !== undefined ? findExisting(store, cx, change) : undefined,
    ),
  )
  const planned = planChanges(changes, found)
  const issues = plannedIssues(planned)
  if (issues.some(isError)) throw new Problem('bad-request', issues)

  const before = await readBefore(store, planned)
  if (before.persons.some((row) => !maySee(cx, row))) throw sharingWithheld()
  const targets = new Map(before.targets.map((target) => [`${target.type}/${target.id}`, target]))
  const persons = personsOf(planned, before)
  const outcomes = planned.map((item) => outcomeOf(cx, item, targets.get(keyOf(item)), persons.get(item)))
  const broken = outcomes.flatMap((outcome) => outcome.issues)
  if (broken.some(isError)) throw new Problem('unprocessable', broken)

  const derived = derivePersons(cx, store.epoch, before, outcomes)
  const rows = outcomes.flatMap(({ written }) => written ?? [])
  if (rows.length > 0) {
    await commitWritten(
      store,
      cx,
      interaction,
      rows,
      derived.map(({ person }) => person),
      mustExist(outcomes),
    )
  }
  return { changed: changedOf(found, outcomes), issues: [...issues, ...derived.flatMap((result) => result.issues)] }
}

const keyOf = ({ type, id }: Planned): ResourceKey => `${type}/${id}`

/** What the commit is computed from; nothing is read for new resources that decide nothing. */
const readBefore = async (store: Store, planned: readonly Planned[]): Promise<Before> => {
  const decisive = planned.flatMap((item) => (item.do !== 'delete' && isDecisive(item.resource) ? [item.resource] : []))
  const existing = planned.filter((item) => item.do !== 'create')
  const provenanceTargets = planned.flatMap((item) =>
    item.do === 'delete' ? [] : (provenanceTarget(item.resource, planned) ?? []),
  )
  const persons = decisive.flatMap((resource) => personOf(resource) ?? [])
  if (existing.length === 0 && persons.length === 0 && provenanceTargets.length === 0)
    return { persons: [], targets: [] }
  return store.before({
    persons,
    identifiers: [],
    keys: planned.flatMap((item) => (item.do === 'delete' ? [] : referencesOf(item.resource))),
    targets: [...existing, ...provenanceTargets].map(({ type, id }) => ({ type, id })),
  })
}

/** The stored resource that a Provenance is about, where it is not part of the request; undefined for everything else. */
const provenanceTarget = (
  resource: Resource,
  planned: readonly Planned[],
): { type: string; id: string } | undefined => {
  if (resource.resourceType !== 'Provenance') return undefined
  const target = parseReference((resource as Provenance).target[0]?.reference)
  return target === undefined || planned.some((item) => keyOf(item) === target.key) ? undefined : target
}

/** The person of each change; a Provenance belongs to the person of its first target. */
const personsOf = (planned: readonly Planned[], before: Before): Map<Planned, string | null | undefined> => {
  const stored = new Map(before.targets.map(({ type, id, patient }) => [`${type}/${id}`, patient]))
  const persons = new Map<Planned, string | null | undefined>()
  for (const item of planned) {
    if (item.do === 'delete') persons.set(item, stored.get(keyOf(item)))
    else if (item.type !== 'Provenance') persons.set(item, personOf(item.resource))
    else {
      const key = parseReference((item.resource as Provenance).target[0]?.reference)?.key ?? ''
      const beside = planned.find((other) => keyOf(other) === key)
      persons.set(item, beside === undefined || beside.do === 'delete' ? stored.get(key) : personOf(beside.resource))
    }
  }
  return persons
}

/** Derives anew for each person of whom something decisive, or something in force, changes. */
const derivePersons = (cx: RequestContext, epoch: number, before: Before, outcomes: readonly Outcome[]) => {
  const rows = new Map<string, PersonRow>(before.persons.map((row) => [row.id, row]))
  const patients = new Set<string>()
  for (const { resource, written } of outcomes) {
    if (written?.patient == null) continue
    const inForce = rows.get(written.patient)?.inForce.includes(`${written.type}/${written.id}`) ?? false
    if (inForce && written.deleted) {
      throw new Problem('conflict', [
        issue(
          'in-force',
          `${written.type}/${written.id}`,
          'This is part of a plan or decision in force and cannot be deleted. End the plan, or replace it.',
          { code: 'conflict' },
        ),
      ])
    }
    if (inForce || (resource !== undefined && isDecisive(resource))) patients.add(written.patient)
  }
  return [...patients].sort().map((id) => {
    const row = rows.get(id)
    const record = recordOf(row)
    const mine = outcomes.filter(({ written }) => written?.patient === id)
    const changed = mine.flatMap(({ resource }) => (resource === undefined ? [] : [resource as FhirResource]))
    const removed = mine.flatMap(({ written }): ResourceKey[] =>
      written?.deleted === true ? [`${written.type}/${written.id}`] : [],
    )
    const patient =
      changed.find((resource): resource is Patient => resource.resourceType === 'Patient') ?? record?.patient
    if (patient === undefined) throw new Problem('unprocessable', [personUnknown])
    const after = recordAfter(record, patient, changed, removed)
    const issues = checkRecord(cx, record, after)
    return { issues, person: derivePerson(cx, epoch, row, after) }
  })
}

const personUnknown: Issue = issue(
  'person-unknown',
  'Patient',
  'The person that this is about is not registered here. Register the Patient first.',
  { code: 'not-found' },
)

/** Stored resources that the new ones refer to; each must exist and belong to the same person. */
const mustExist = (outcomes: readonly Outcome[]) => {
  const written = new Set(
    outcomes.flatMap(({ written }) =>
      written === undefined || written.deleted ? [] : [`${written.type}/${written.id}`],
    ),
  )
  return outcomes.flatMap(({ resource, written: row }) =>
    resource === undefined || row === undefined
      ? []
      : referencesOf(resource)
          .filter((key) => !written.has(key))
          .map((key) => {
            const [type = '', id = ''] = key.split('/')
            return { type, id, patient: row.patient }
          }),
  )
}

/** What became of each change, in the order of the request. */
const changedOf = (found: readonly (Changed['stored'] | undefined)[], outcomes: readonly Outcome[]): Changed[] => {
  let position = 0
  return found.map((match): Changed => {
    if (match !== undefined) return { outcome: 'unchanged', stored: match }
    const { outcome, stored } = outcomes[position++] as Outcome
    return { outcome, stored }
  })
}
