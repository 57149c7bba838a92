import { createHash } from 'node:crypto'
import type { Identifier } from 'fhir/r4.js'
import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import type { Label } from '../../plan/marks.ts'
import type { Condition, CountedCondition } from '../../store/resources/conditions.ts'
import type { ResourceRow } from '../../store/resources/resources.ts'
import type { Store } from '../../store/store.ts'
import { auditEntry } from '../audit/audit.ts'
import { stored } from '../read.ts'
import { findMatches } from '../searching/matches.ts'
import type { Change, Effect } from '../types.ts'
import { typeOf } from './change.ts'
import { inEntry } from './entry.ts'
import { mapInTurns } from './fairly.ts'

/** A change whose resource is named by its id, or that creates one. */
export type NamedChange = Exclude<Change, { condition: string }>

/** A change with all that it leads to in it. `label`: the one that the resource is given with it; undefined where it keeps the one that it has. */
export type WholeChange = Exclude<NamedChange, { do: 'patch' }> & Readonly<{ label?: Label | null | undefined }>

/**
 * What a change comes to once its condition has been looked at: a change of a named resource, or what is answered without one. `basis`: the
 * version that was found (0: there must be none), on which the change counts; `conditions`: those that nothing matched, on which it counts too.
 */
export type Settled<Named extends NamedChange = NamedChange> = Readonly<
  | { change: Named; basis?: number; conditions?: readonly CountedCondition[] }
  | { change?: undefined; answer: Effect; fullUrl?: string | undefined; at?: string | undefined }
>

type ConditionalChange = Exclude<Change, NamedChange> | (Extract<Change, { do: 'create' }> & { ifNoneExist: string })

const isConditional = (change: Change): change is ConditionalChange =>
  change.do === 'create' ? change.ifNoneExist !== undefined : change.condition !== undefined

/**
 * Looks up what the conditions of these changes find (http://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #cdelete, #patch). How often each
 * condition was used is read before the search, so that no two requests, in whichever process, create under one condition.
 * Throws `version-mismatch` where more than one resource matches, `not-found` where there is none to patch.
 */
export const settleConditions = async (
  store: Store,
  cx: RequestContext,
  changes: readonly Change[],
): Promise<readonly Settled[]> => {
  const asked = changes.filter(isConditional)
  if (asked.length === 0) return changes.map((change) => ({ change: change as NamedChange }))
  const keys = asked.map(conditionsOf)
  const counted = await store.conditions(keys.flat())
  const countOf = new Map(keys.flat().map((key, position) => [key, counted[position]]))
  const settled = new Map(
    await mapInTurns(asked, async (change, index): Promise<[Change, Settled]> => {
      const conditions = (keys[index] ?? []).flatMap((key) => countOf.get(key) ?? [])
      return [change, await inEntry(change.at, () => settle(store, cx, change, conditions))]
    }),
  )
  const all = changes.map((change) => settled.get(change) ?? { change: change as NamedChange })
  refuseSameCondition(all)
  refuseDeletedMatch(all)
  return all
}

const criteriaOf = (change: ConditionalChange): string =>
  change.do === 'create' ? change.ifNoneExist : change.condition

const settle = async (
  store: Store,
  cx: RequestContext,
  change: ConditionalChange,
  conditions: readonly CountedCondition[],
): Promise<Settled> => {
  const type = typeOf(change)
  const rows = await findMatches(store, cx, type, criteriaOf(change), 2)
  if (rows.length > 1) {
    throw problem(
      'version-mismatch',
      'multiple-matches',
      `The condition matches more than one ${type}, and only one may be meant. Nothing was changed.`,
      { expression: expressionOf(change), code: 'multiple-matches' },
    )
  }
  const [row] = rows
  return row === undefined ? withoutMatch(store, cx, change, conditions) : withMatch(store, cx, change, row)
}

const withMatch = async (
  store: Store,
  cx: RequestContext,
  change: ConditionalChange,
  row: ResourceRow,
): Promise<Settled> => {
  if (change.do === 'create') {
    const found = [`${row.type}/${row.id}`]
    await store.audit([auditEntry(cx, 'conditional-create', 'permit', found, { patient: row.patient })])
    return { answer: { outcome: 'unchanged', stored: stored(row) }, fullUrl: change.fullUrl, at: change.at }
  }
  if (change.do === 'update' && change.resource.id !== undefined && change.resource.id !== row.id) {
    throw problem(
      'bad-request',
      'id-mismatch',
      'The id of the resource is not that of the one which the condition finds. Leave the id out, or mend the condition.',
      { expression: `${change.at ?? row.type}.id` },
    )
  }
  const { condition: _, ...named } = change
  return { change: { ...named, id: row.id }, basis: row.version }
}

const withoutMatch = async (
  store: Store,
  cx: RequestContext,
  change: ConditionalChange,
  conditions: readonly CountedCondition[],
): Promise<Settled> => {
  const type = typeOf(change)
  if (change.do !== 'create' && change.ifMatch !== undefined) {
    throw problem(
      'version-mismatch',
      'version-mismatch',
      `No ${type} matches the condition, so none has this version.`,
      {
        expression: 'If-Match',
      },
    )
  }
  switch (change.do) {
    case 'create':
      requireOwn(change.resource, change.ifNoneExist, change)
      return { change, conditions }
    case 'update': {
      requireOwn(change.resource, change.condition, change)
      const { condition: _, ifMatch: _version, onlyCreate: _only, ...rest } = change
      const { id } = change.resource
      return id === undefined
        ? { change: { ...rest, do: 'create' }, conditions }
        : { change: { ...rest, id }, basis: 0, conditions }
    }
    case 'patch':
      throw problem('not-found', 'not-found', `No ${type} matches the condition.`, { expression: expressionOf(change) })
    case 'delete':
      await store.audit([auditEntry(cx, 'delete', 'not-found', [], { query: type })])
      return { answer: { outcome: 'nothing' } }
  }
}

const expressionOf = (change: ConditionalChange): string =>
  change.do === 'create' ? 'If-None-Exist' : (change.at ?? 'query')

/** `identifier=system|value`, one value: what names a resource by itself. */
export const identifiersOf = (criteria: string): { system: string; value: string }[] =>
  [...new URLSearchParams(criteria)].flatMap(([name, text]) => {
    const [system, value, ...rest] = text.split('|')
    return name === 'identifier' && system && value && rest.length === 0 && !/[,\\]/.test(text)
      ? [{ system, value }]
      : []
  })

/**
 * Under what a request takes turns with others: the identifiers in its condition, or else the condition as a whole, its parameters in the order
 * of the alphabet.
 */
const conditionsOf = (change: ConditionalChange): Condition[] => {
  const criteria = criteriaOf(change)
  const identifiers = identifiersOf(criteria).map(({ system, value }) => JSON.stringify([system, value]))
  const whole = JSON.stringify([...new URLSearchParams(criteria)].map(([name, value]) => `${name}=${value}`).sort())
  return [...new Set(identifiers.length > 0 ? identifiers : [whole])].map((text) => ({
    type: typeOf(change),
    key: createHash('sha256').update(text).digest('base64url'),
  }))
}

/**
 * The resource must have the identifier under which it is created: otherwise the condition would not find it, and the same request again would
 * create another; and a number claimed for somebody else would lead a crew to the wrong person.
 */
const requireOwn = (resource: Resource, criteria: string, change: ConditionalChange): void => {
  const { identifier } = resource as { identifier?: Identifier | Identifier[] }
  const own = [identifier ?? []].flat()
  if (
    identifiersOf(criteria).every(({ system, value }) =>
      own.some((one) => one.system === system && one.value === value),
    )
  )
    return
  throw problem(
    'bad-request',
    'condition-foreign',
    'The identifier of the condition is not one of the resource. Give the identifier that the resource itself has.',
    { expression: expressionOf(change) },
  )
}

/** What one change finds and another deletes is there or not, depending on who comes first. */
const refuseDeletedMatch = (settled: readonly Settled[]): void => {
  const deleted = new Set(
    settled.flatMap(({ change }) => (change?.do === 'delete' ? [`${change.type}/${change.id}`] : [])),
  )
  for (const one of settled) {
    if (one.change !== undefined || one.answer.outcome === 'nothing') continue
    const { type, id } = one.answer.stored
    if (!deleted.has(`${type}/${id}`)) continue
    throw problem(
      'bad-request',
      'duplicate-change',
      'The request deletes the resource that this condition finds. Send the two one after the other.',
      { expression: one.at ?? type },
    )
  }
}

/** Of two that would be created under one condition, the second would have found the first. */
const refuseSameCondition = (settled: readonly Settled[]): void => {
  const seen = new Set<string>()
  for (const one of settled) {
    if (one.change === undefined) continue
    const keys = [...new Set(one.conditions?.map(({ type, key }) => `${type} ${key}`))]
    if (keys.some((key) => seen.has(key))) {
      throw problem(
        'bad-request',
        'duplicate-change',
        'The request creates two resources under the same condition. Send each once.',
        { expression: one.change.at ?? typeOf(one.change) },
      )
    }
    for (const key of keys) seen.add(key)
  }
}
