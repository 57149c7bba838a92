import type { RequestContext } from '../context.ts'
import { SERVED } from '../definitions/served.ts'
import { problem } from '../fhir/outcome.ts'
import type { VersionRow, VersionsWanted } from '../store/resources/history.ts'
import type { Store } from '../store/store.ts'
import { auditEntry, seenByPerson } from './audit/audit.ts'
import { hiddenByPerson } from './permission/hidden.ts'
import { notHere, permitOf, requireAll } from './permission/permission.ts'
import { hasSomeScope, notReached, reachedOf, requireSomeScope } from './permission/scope-reach.ts'
import { stored } from './read.ts'
import type { HistoryPage, HistoryQuestion } from './types.ts'

/**
 * A page of versions, newest first (http://hl7.org/fhir/R4/http.html#history): of one resource, of a type, or of all that is stored here. Of a type
 * and of all, only those that the caller may see. Throws `forbidden` where the scopes do not reach every type that is asked for: an entry of a
 * history has no place to say that something is left out. Of versions that scopes with a query part do not reach, none is shown: who asks for such
 * scopes knows that there are others. Throws `not-found` where there never was such a resource.
 */
export const history = async (store: Store, cx: RequestContext, asked: HistoryQuestion): Promise<HistoryPage> => {
  const { type, id } = asked
  if (type === undefined) return ofAll(store, cx, asked)
  requireSomeScope(cx, type, 'r')
  return id === undefined ? ofLog(store, cx, 'history-type', [type], asked) : ofInstance(store, cx, { type, id }, asked)
}

const ofInstance = async (
  store: Store,
  cx: RequestContext,
  { type, id }: { type: string; id: string },
  wanted: VersionsWanted,
): Promise<HistoryPage> => {
  const rows = await store.versions({ type, id }, wanted)
  // That nothing is wanted of it may only be said to who may see it.
  const known = rows.length > 0 ? rows : await store.history({ type, id }, 1)
  if (known.length === 0) {
    await store.audit([auditEntry(cx, 'history', 'not-found', [`${type}/${id}`])])
    throw problem('not-found', 'not-found', notHere(`${type}/${id}`))
  }
  await requireAll(store, cx, known)
  const reached = await reachedOf(store, cx, known)
  const [newest] = known
  const isAll = wanted.after === undefined && rows.at(-1)?.followed !== true
  if (newest !== undefined && reached.length === 0 && isAll) throw notReached('r', newest, newest.patient)
  await store.audit(
    seenByPerson(reached).map(({ patient, keys }) => auditEntry(cx, 'history', 'permit', keys, { patient })),
  )
  // Of how many there are only those are counted that may be seen.
  const total =
    reached.length < known.length ? undefined : (rows[0]?.total ?? (wanted.after === undefined ? 0 : undefined))
  return { ...pageOf(rows, reached), redacted: false, ...(total === undefined ? {} : { total }) }
}

const ofAll = async (store: Store, cx: RequestContext, wanted: VersionsWanted): Promise<HistoryPage> => {
  const types = SERVED.map(({ type }) => type)
  const missing = types.filter((type) => !hasSomeScope(cx, type, 'r'))
  if (missing.length > 0) {
    throw problem(
      'forbidden',
      'scope-missing',
      `The history of all that is stored needs the scope to read every type; the token has none for ${missing.join(', ')}. Ask for the history of each type that it reaches.`,
    )
  }
  return ofLog(store, cx, 'history-system', types, wanted)
}

const ofLog = async (
  store: Store,
  cx: RequestContext,
  interaction: string,
  types: readonly string[],
  wanted: VersionsWanted,
): Promise<HistoryPage> => {
  const permit = permitOf(cx, undefined)
  // Before the page is read: what is settled in between is then asked for once more, and not left out.
  const upTo = wanted.after === undefined ? await store.logged(permit) : undefined
  const rows = await store.log(permit, types, wanted)
  const reached = await reachedOf(store, cx, rows)
  const query = `${types.length === 1 ? `${types[0]}/` : ''}_history`
  const seen = seenByPerson(reached).map(({ patient, keys }) =>
    auditEntry(cx, interaction, 'permit', keys, { patient, query }),
  )
  await store.audit(seen.length > 0 ? seen : [auditEntry(cx, interaction, 'permit', [], { query })])
  const redacted = (await hiddenByPerson(store, cx)).length > 0
  return { ...pageOf(rows, reached), redacted, ...(upTo === undefined ? {} : { upTo }) }
}

/** A page of rows, of which those are shown that are reached. */
const pageOf = (rows: readonly VersionRow[], reached: readonly object[]): Omit<HistoryPage, 'redacted'> => {
  const last = rows.at(-1)
  return {
    versions: rows.filter((row) => reached.includes(row)).map((row) => ({ ...stored(row), first: row.first })),
    ...(last?.followed === true ? { next: last.place } : {}),
  }
}
