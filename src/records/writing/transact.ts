import type { CarePlan, Patient, Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { servedType } from '../../definitions/served.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type Issue, isError, issue, Problem } from '../../fhir/outcome.ts'
import { type FhirResource, parseReference, type Resource, type ResourceKey } from '../../fhir/resource.ts'
import type { Before, PersonRow } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireReached, requireSomeScope } from '../permission/scope-reach.ts'
import { checkRecord, derivePerson, isDecisive, recordAfter, recordOf } from '../summaries/derived.ts'
import type { Change, Committed, Effect } from '../types.ts'
import { nameOf } from './change.ts'
import { commitWritten, retryOutdated } from './commit.ts'
import { type Settled, settleConditions, type WholeChange } from './conditional.ts'
import { resolveReferences } from './conditional-references.ts'
import { countedOn } from './counted-on.ts'
import { inEntry } from './entry.ts'
import { mapFairly } from './fairly.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { applyPatches } from './patched.ts'
import { type Planned, planChanges, plannedIssues } from './planned.ts'
import { placedRefusal } from './refused.ts'
import { requireTargets } from './targets.ts'
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
): Promise<Committed<Effect>> => {
  for (const change of changes) {
    if (change.do === 'delete') requireSomeScope(cx, change.type, 'd')
    else if (change.do === 'patch') for (const letter of ['u', 'r'] as const) requireSomeScope(cx, change.type, letter)
    else requireSomeScope(cx, change.resource.resourceType, change.do === 'create' ? 'c' : 'u')
  }
  return retryOutdated(() => attempt(store, cx, changes, interaction), contested(changes))
}

/** What others may want to change at the same moment: the first by name, so that two lists with the same resources agree. */
const contested = (changes: readonly Change[]): string | undefined =>
  changes.flatMap((change) => nameOf(change) ?? []).sort()[0]

const attempt = async (
  store: Store,
  cx: RequestContext,
  changes: readonly Change[],
  interaction: string,
): Promise<Committed<Effect>> => {
  const settled = await applyPatches(store, cx, await settleConditions(store, cx, changes))
  const planned = await resolveReferences(store, cx, await planChanges(settled))
  const issues = await plannedIssues(planned)
  // The result of a patch is refused as such (RFC 5789 section 2.2): the request itself was well formed.
  if (issues.some(isError))
    throw new Problem(changes.some((change) => change.do === 'patch') ? 'unprocessable' : 'bad-request', issues)

  const before = await readBefore(store, cx, planned)
  const targets = new Map(before.targets.map((target) => [`${target.type}/${target.id}`, target]))
  const persons = personsOf(planned, before)
  const refused = (error: unknown): unknown =>
    placedRefusal(
      error,
      planned,
      (item, patient) => persons.get(item) === patient || targets.get(keyOf(item))?.patient === patient,
    )
  const wanted = planned.flatMap((item) => {
    const patient = item.do === 'delete' ? undefined : persons.get(item)
    return patient === undefined ? [] : [{ type: item.type, id: item.id, patient }]
  })
  await requireTargets(store, cx, before, planned.map(keyOf), refused, wanted)
  for (const item of planned) {
    const target = targets.get(keyOf(item))
    if (target?.deleted === false) inEntry(item.at, () => requireReached(cx, LETTER[item.do], target, target.patient))
  }
  const outcomes = await mapFairly(planned, (item) =>
    inEntry(item.at, () => outcomeOf(cx, item, targets.get(keyOf(item)), persons.get(item))),
  )
  const broken = outcomes.flatMap((outcome) => outcome.issues)
  if (broken.some(isError)) throw new Problem('unprocessable', broken)

  for (const [index, { written }] of outcomes.entries()) {
    const { at, do: act } = planned[index] as Planned
    if (written?.deleted === false)
      inEntry(at, () =>
        requireReached(cx, LETTER[act], { ...written, lastUpdated: cx.now.toISOString() }, written.patient),
      )
  }

  const derived = derivePersons(cx, store.epoch, before, outcomes)
  const rows = outcomes.flatMap(({ written }) => written ?? [])
  if (rows.length > 0) {
    await commitWritten(
      store,
      cx,
      interaction,
      rows,
      derived.flatMap(({ person }) => person ?? []),
      countedOn(
        rows,
        derived.flatMap(({ row }) => row ?? []),
      ),
      settled.flatMap((one) => (one.change === undefined ? [] : (one.conditions ?? []))),
    ).catch((error: unknown) => {
      throw refused(error)
    })
  }
  return { changed: changedOf(settled, outcomes), issues: [...issues, ...derived.flatMap((result) => result.issues)] }
}

/** The scope that a change needs, of what was there before and of what comes to be. */
const LETTER = { create: 'c', update: 'u', delete: 'd' } as const

const keyOf = ({ type, id }: Planned): ResourceKey => `${type}/${id}`

/** What the commit is computed from; nothing is read for new resources that decide nothing, where a system sends them. */
const readBefore = async (store: Store, { caller }: RequestContext, planned: readonly Planned[]): Promise<Before> => {
  const decisive = planned.flatMap((item) =>
    // What a person may do depends on whose record it is; of a system, the commit itself finds out.
    item.do !== 'delete' && (isDecisive(item.resource) || caller.kind === 'person') ? [item] : [],
  )
  const existing = planned.filter((item) => item.do !== 'create')
  const acted = planned.flatMap((item) => (item.do === 'delete' ? [] : (actedOn(item.resource) ?? [])))
  const here = new Set(planned.map(keyOf))
  const actedKeys = new Set(acted.map(({ key }) => key))
  const elsewhere = acted.filter(({ key }) => !here.has(key))
  const persons = [...decisive, ...planned.filter((item) => actedKeys.has(keyOf(item)))].flatMap((item) =>
    item.do === 'delete' ? [] : (personOf(item.resource) ?? []),
  )
  if (existing.length === 0 && persons.length === 0 && elsewhere.length === 0) return { persons: [], targets: [] }
  return store.before({
    persons,
    identifiers: [],
    keys: planned.flatMap((item) => (item.do === 'delete' ? [] : referencesOf(item.resource))),
    targets: [...existing, ...elsewhere].map(({ type, id }) => ({ type, id })),
  })
}

/** The resource that makes a Provenance somebody's: the first of its targets that belongs to a person. */
const actedOn = (resource: Resource): ReturnType<typeof parseReference> =>
  resource.resourceType === 'Provenance'
    ? (resource as Provenance).target
        .map(({ reference }) => parseReference(reference))
        .find((target) => target !== undefined && servedType(target.type)?.person !== undefined)
    : undefined

/** The person of each change; a Provenance belongs to the person of what it is about. */
const personsOf = (planned: readonly Planned[], before: Before): Map<Planned, string | null | undefined> => {
  const stored = new Map(before.targets.map(({ type, id, patient }) => [`${type}/${id}`, patient]))
  const here = new Map<string, Planned>(planned.map((item) => [keyOf(item), item]))
  const persons = new Map<Planned, string | null | undefined>()
  for (const item of planned) {
    if (item.do === 'delete') persons.set(item, stored.get(keyOf(item)))
    else if (item.type !== 'Provenance') persons.set(item, personOf(item.resource))
    else {
      const key = actedOn(item.resource)?.key
      const beside = here.get(key ?? '')
      persons.set(
        item,
        key === undefined
          ? null
          : beside === undefined || beside.do === 'delete'
            ? stored.get(key)
            : personOf(beside.resource),
      )
    }
  }
  return persons
}

/**
 * Runs the rules for each person of whose plans something changes, drafts included, and derives anew where it is something decisive or
 * in force.
 */
const derivePersons = (cx: RequestContext, epoch: number, before: Before, outcomes: readonly Outcome[]) => {
  const rows = new Map<string, PersonRow>(before.persons.map((row) => [row.id, row]))
  const earlier = storedResources(before)
  const planned = partsOfPlans(before)
  const patients = new Map<string, { derives: boolean }>()
  for (const { resource, written } of outcomes) {
    if (written?.patient == null) continue
    const key = `${written.type}/${written.id}`
    const stored = earlier.get(key)
    const inForce = rows.get(written.patient)?.inForce.includes(key) ?? false
    if (written.deleted && (inForce || isKept(stored))) throw new Problem('conflict', [notDeleted(key)])
    // A Patient who is deleted leaves nothing to derive from: whatever there was refers to them, and keeps them from being deleted.
    if (written.deleted && written.type === 'Patient') continue
    const derives = inForce || [resource, stored].some((one) => one !== undefined && isDecisive(one))
    if (derives || planned.has(key)) {
      patients.set(written.patient, { derives: derives || (patients.get(written.patient)?.derives ?? false) })
    }
  }
  return [...patients.keys()].sort().map((id) => {
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
    return { issues, row, person: patients.get(id)?.derives === true ? derivePerson(cx, epoch, row, after) : undefined }
  })
}

/** Keys of everything that a plan which was read refers to. */
const partsOfPlans = ({ persons }: Before): Set<string> =>
  new Set(
    persons
      .flatMap(({ resources }) => resources)
      .filter(({ type }) => type === 'CarePlan')
      .flatMap(({ body }): string[] => referencesOf(parseFhirJson(body))),
  )

const storedResources = ({ targets }: Before): Map<string, Resource> =>
  new Map(
    targets.flatMap(({ type, id, deleted, body }) =>
      deleted ? [] : [[`${type}/${id}`, parseFhirJson(body)] satisfies [string, Resource]],
    ),
  )

/** What was decided, and who did it, stays on record: a plan that was ever in force, and every Provenance. */
const isKept = (stored: Resource | undefined): boolean =>
  (stored !== undefined && servedType(stored.resourceType)?.kept === true) ||
  (stored?.resourceType === 'CarePlan' && (stored as CarePlan).status !== 'draft')

const notDeleted = (key: string): Issue =>
  issue(
    'in-force',
    key,
    'This is part of a plan or decision, or the record of one, and cannot be deleted. End the plan by $revoke, or replace it.',
    { code: 'conflict' },
  )

const personUnknown: Issue = issue(
  'person-unknown',
  'Patient',
  'The person that this is about is not registered here. Register the Patient first.',
  { code: 'not-found' },
)

/** What became of each change, in the order of the request. */
const changedOf = (settled: readonly Settled<WholeChange>[], outcomes: readonly Outcome[]): Effect[] => {
  let position = 0
  return settled.map((one): Effect => {
    if (one.change === undefined) return one.answer
    const { outcome, stored } = outcomes[position++] as Outcome
    return { outcome, stored }
  })
}
