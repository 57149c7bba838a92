/** Scopes with a query part: which resources they reach. In searches their SQL form stands beside the decision's (`search/sql/within.ts`). */
import type { Permit } from '../../access/decide.ts'
import { covers, type ScopeLetter } from '../../access/scopes.ts'
import type { RequestContext } from '../../context.ts'
import { storedParametersOf } from '../../definitions/search-parameters.ts'
import { parseFhirJson } from '../../fhir/json.ts'
import { type Problem, problem } from '../../fhir/outcome.ts'
import { holds, type Subject } from '../../search/holds.ts'
import { requireBuilt } from '../../search/query/reading.ts'
import { parametersIn, scopeConditions } from '../../search/scope-query.ts'
import { searchValues } from '../../search/values.ts'
import type { Store } from '../../store/store.ts'
import { readingOf } from '../searching/reading.ts'
import type { StoredResource } from '../types.ts'
import { permitOf, type Refused, reach, scopeMissing } from './permission.ts'

/** Whether the caller's scopes reach this interaction with any resource of this type. Whether they reach the one at hand is to be asked then. */
export const hasSomeScope = (cx: RequestContext, type: string, letter: ScopeLetter): boolean =>
  reach(cx, type, letter) !== 'none'

/** Throws `forbidden` where the caller's scopes reach no resource of this type for this interaction. */
export const requireSomeScope = (cx: RequestContext, type: string, letter: ScopeLetter): void => {
  if (!hasSomeScope(cx, type, letter)) throw scopeMissing(cx, type, letter, '')
}

/**
 * Leave to search, with what the query parts of the caller's scopes leave of each type. Throws `bad-request` while the values of one of their
 * parameters are not all stored yet: what is missing would be taken for what is not so.
 */
export const searchPermit = (store: Store, cx: RequestContext, letter: 'r' | 's'): Permit => {
  const permit = permitOf(cx, letter)
  for (const [type, queries] of permit.within ?? [])
    for (const condition of queries.flatMap((query) => scopeConditions(type, query)))
      for (const parameter of parametersIn(condition)) requireBuilt(readingOf(store, cx), type, parameter)
  return permit
}

const subjectOf = ({ type, id, lastUpdated, body }: Omit<StoredResource, 'version' | 'deleted'>): Subject => ({
  type,
  id,
  lastUpdated,
  values: searchValues(parseFhirJson(body), storedParametersOf(type)),
})

/** Whether the caller's scopes reach this very resource. What a resource is found by is looked at only where that has to be known. */
const isReached = (cx: RequestContext, letter: ScopeLetter, type: string, subject: () => Subject): boolean => {
  const far = reach(cx, type, letter)
  if (typeof far === 'string') return far === 'all'
  const resource = subject()
  return far.some((query) => scopeConditions(type, query).every((condition) => holds(condition, resource)))
}

/** Throws `forbidden` where the caller's scopes for this interaction do not reach this very resource, whose text or values are given. */
export const requireReached = (
  cx: RequestContext,
  letter: ScopeLetter,
  resource: Subject | Omit<StoredResource, 'version' | 'deleted'>,
  patient: string | null,
): void => {
  const subject = () => ('values' in resource ? resource : subjectOf(resource))
  if (!isReached(cx, letter, resource.type, subject)) throw notReached(letter, resource, patient)
}

/** The refusal of a resource that no query part of the caller's scopes lets through. */
export const notReached = (
  letter: ScopeLetter,
  { type, id }: Readonly<{ type: string; id: string }>,
  patient: string | null,
): Problem =>
  problem(
    'forbidden',
    'scope-missing',
    `The token's scopes for ${type}.${letter} have a query part, and what is asked for is not among what it lets through.`,
    { cause: { patient: patient ?? undefined, entities: [`${type}/${id}`] } satisfies Refused },
  )

/** Those of these versions that the caller's scopes to read reach. A deletion is reached where what it ended is. */
export const reachedOf = async <Row extends StoredResource>(
  store: Store,
  cx: RequestContext,
  rows: readonly Row[],
): Promise<readonly Row[]> => {
  if (rows.every(({ type }) => reach(cx, type, 'r') === 'all')) return rows
  const reached = await Promise.all(
    rows.map(async (row) => {
      const shown = row.deleted ? (await store.history(row, row.version - 1))[0] : row
      return shown !== undefined && isReached(cx, 'r', row.type, () => subjectOf(shown))
    }),
  )
  return rows.filter((_, index) => reached[index])
}

/** Throws `forbidden` where the caller's scopes do not reach, for an interaction, all that others of its client did. */
export const requireCovered = (
  cx: RequestContext,
  type: string,
  letter: ScopeLetter,
  others: Parameters<typeof covers>[1],
): void => {
  if (!covers(reach(cx, type, letter), others)) throw scopeMissing(cx, type, letter, '')
}
