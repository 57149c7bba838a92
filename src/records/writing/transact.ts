import type { Provenance } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { servedType } from '../../definitions/served.ts'
import { isError, Problem } from '../../fhir/outcome.ts'
import { parseReference, type Resource, type ResourceKey } from '../../fhir/resource.ts'
import { cprStatements } from '../../plan/cpr-statements.ts'
import type { Before } from '../../store/resources/persons.ts'
import type { Store } from '../../store/store.ts'
import { requireReached, requireSomeScope } from '../permission/scope-reach.ts'
import { isDecisive } from '../summaries/derived.ts'
import type { Change, Committed, Effect } from '../types.ts'
import { nameOf } from './change.ts'
import { commitWritten, retryOutdated } from './commit.ts'
import { type Settled, settleConditions, type WholeChange } from './conditional.ts'
import { resolveReferences } from './conditional-references.ts'
import { countedOn } from './counted-on.ts'
import { derivePersons } from './derive-persons.ts'
import { inEntry } from './entry.ts'
import { mapFairly } from './fairly.ts'
import { bringsLabel } from './label.ts'
import { type Outcome, outcomeOf } from './outcome.ts'
import { applyPatches } from './patched.ts'
import { type Planned, planChanges, plannedIssues } from './planned.ts'
import { placedRefusal } from './refused.ts'
import { keptRequest } from './repeats.ts'
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
    if (item.do === 'delete') return []
    const patient = persons.get(item)
    return patient === undefined ? [] : [{ type: item.type, id: item.id, patient, resource: item.resource }]
  })
  await requireTargets(store, cx, before, planned.map(keyOf), refused, wanted)
  for (const item of planned) {
    const target = targets.get(keyOf(item))
    if (target?.deleted === false) inEntry(item.at, () => requireReached(cx, LETTER[item.do], target, target.patient))
  }
  const custodians = custodiansOf(cx, planned, before)
  const outcomes = await mapFairly(planned, (item) =>
    inEntry(item.at, () => {
      const person = persons.get(item)
      return outcomeOf(cx, item, targets.get(keyOf(item)), person, custodians.get(person ?? ''))
    }),
  )
  const broken = outcomes.flatMap((outcome) => outcome.issues)
  if (broken.some(isError)) throw new Problem('unprocessable', broken)

  for (const [index, { written, stored }] of outcomes.entries()) {
    const { at, do: act } = planned[index] as Planned
    if (written?.deleted === false)
      inEntry(at, () =>
        requireReached(cx, LETTER[act], { lastUpdated: stored.lastUpdated, ...written }, written.patient),
      )
  }

  const derived = derivePersons(cx, store.epoch, before, outcomes)
  const rows = [...outcomes.flatMap(({ written }) => written ?? []), ...derived.flatMap(({ asked }) => asked)]
  const answer = { changed: changedOf(settled, outcomes), issues: [...issues, ...derived.flatMap((one) => one.issues)] }
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
      {
        conditions: settled.flatMap((one) => (one.change === undefined ? [] : (one.conditions ?? []))),
        kept: keptRequest(cx, answer),
      },
    ).catch((error: unknown) => {
      throw refused(error)
    })
  }
  return answer
}

/** The scope that a change needs, of what was there before and of what comes to be. */
const LETTER = { create: 'c', update: 'u', delete: 'd' } as const

const keyOf = ({ type, id }: Planned): ResourceKey => `${type}/${id}`

const NOTHING: Before = { persons: [], targets: [] }

/** What the commit is computed from; nothing is read for new resources that decide nothing, where a system sends them. */
const readBefore = async (store: Store, { caller }: RequestContext, planned: readonly Planned[]): Promise<Before> => {
  const decisive = planned.flatMap((item) =>
    // What a person may do depends on whose record it is; of a system, the commit itself finds out. Who gives a label must be the custodian, and what
    // is said of CPR is held against the plan.
    item.do !== 'delete' &&
    (isDecisive(item.resource) ||
      caller.kind === 'person' ||
      bringsLabel(item.resource) ||
      cprStatements(item.resource).length > 0)
      ? [item]
      : [],
  )
  const existing = planned.filter((item) => item.do !== 'create')
  const acted = planned.flatMap((item) => (item.do === 'delete' ? [] : (actedOn(item.resource) ?? [])))
  if (decisive.length === 0 && existing.length === 0 && acted.length === 0) return NOTHING
  const here = new Set(planned.map(keyOf))
  const actedKeys = new Set(acted.map(({ key }) => key))
  const elsewhere = acted.filter(({ key }) => !here.has(key))
  const persons = [...decisive, ...planned.filter((item) => actedKeys.has(keyOf(item)))].flatMap((item) =>
    item.do === 'delete' ? [] : (personOf(item.resource) ?? []),
  )
  if (existing.length === 0 && persons.length === 0 && elsewhere.length === 0) return NOTHING
  return store.before({
    persons,
    identifiers: [],
    keys: planned.flatMap((item) => (item.do === 'delete' ? [] : referencesOf(item.resource))),
    targets: [...existing, ...elsewhere].map(({ type, id }) => ({ type, id })),
  })
}

/** Custodians (ODS codes) of the persons who were read, by their ids; whom the request itself registers, the caller's organisation does. */
const custodiansOf = ({ caller }: RequestContext, planned: readonly Planned[], before: Before): Map<string, string> => {
  const custodians = new Map<string, string>()
  for (const { type, id, do: act } of planned)
    if (type === 'Patient' && act !== 'delete' && caller.kind !== 'internal') custodians.set(id, caller.organization)
  for (const { id, custodian } of before.persons) custodians.set(id, custodian)
  return custodians
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
  const persons = new Map<Planned, string | null | undefined>()
  for (const item of planned)
    if (item.do !== 'delete' && item.type !== 'Provenance') persons.set(item, personOf(item.resource))
  if (persons.size === planned.length) return persons
  const stored = new Map(before.targets.map(({ type, id, patient }) => [`${type}/${id}`, patient]))
  const here = new Map<string, Planned>(planned.map((item) => [keyOf(item), item]))
  for (const item of planned) {
    if (item.do === 'delete') persons.set(item, stored.get(keyOf(item)))
    else if (item.type === 'Provenance') {
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

/** What became of each change, in the order of the request. */
const changedOf = (settled: readonly Settled<WholeChange>[], outcomes: readonly Outcome[]): Effect[] => {
  let position = 0
  return settled.map((one): Effect => {
    if (one.change === undefined) return one.answer
    const { outcome, stored } = outcomes[position++] as Outcome
    return { outcome, stored }
  })
}
