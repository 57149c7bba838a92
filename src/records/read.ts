import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import type { Marks, ResourceRow } from '../store/resources/resources.ts'
import type { Store } from '../store/store.ts'
import { act, auditEntry } from './audit/audit.ts'
import { notHere, reach, requireAll, seesOf } from './permission/permission.ts'
import { notReached, reachedOf, requireSomeScope } from './permission/scope-reach.ts'
import type { StoredResource } from './types.ts'

/** http://hl7.org/fhir/R4/http.html#read and #vread */
export const read = async (
  store: Store,
  cx: RequestContext,
  type: string,
  id: string,
  version?: number,
): Promise<StoredResource> => {
  requireSomeScope(cx, type, 'r')
  return version === undefined ? readCurrent(store, cx, type, id) : readVersion(store, cx, type, id, version)
}

const readCurrent = async (store: Store, cx: RequestContext, type: string, id: string): Promise<StoredResource> => {
  const key = `${type}/${id}`
  // Where it depends on the resource whether the scopes reach it, nothing is on record before that is known.
  const sees = reach(cx, type, 'r') === 'all' ? seesOf(cx, type) : NOTHING
  const row = await store.read({ type, id, sees, audit: act(cx, 'read') })
  if (row === undefined) {
    const lost = (await store.history({ type, id }))[0]
    // It came to be between the two looks: neither "not found" nor "deleted" would be true.
    if (lost?.deleted === false) return readCurrent(store, cx, type, id)
    if (lost !== undefined) await requireSeen(store, cx, lost)
    await store.audit([auditEntry(cx, 'read', 'not-found', [key], { patient: lost?.patient ?? null })])
    throw lost === undefined ? problem('not-found', 'not-found', notHere(key)) : gone(key, lost)
  }
  await requireSeen(store, cx, row)
  // Nothing is shown that is not on record.
  if (!row.audited) await store.audit([auditEntry(cx, 'read', 'permit', [key], { patient: row.patient })])
  return stored(row)
}

const NOTHING = { nobodys: false, own: false, shared: false, withheld: false }

/** Throws where the caller may not see a version, or its scopes do not reach it. */
const requireSeen = async (store: Store, cx: RequestContext, row: ResourceRow & Marks): Promise<void> => {
  await requireAll(store, cx, [row])
  if ((await reachedOf(store, cx, [row])).length === 0) throw notReached('r', row, row.patient)
}

const readVersion = async (
  store: Store,
  cx: RequestContext,
  type: string,
  id: string,
  version: number,
): Promise<StoredResource> => {
  const key = `${type}/${id}`
  const [row] = await store.history({ type, id }, version)
  if (row === undefined) {
    // How many versions there are may only be said to who may see one.
    const [first] = await store.history({ type, id }, 1)
    if (first !== undefined) await requireSeen(store, cx, first)
    await store.audit([auditEntry(cx, 'vread', 'not-found', [key])])
    throw problem('not-found', 'not-found', notHere(first === undefined ? key : `${key}/_history/${version}`))
  }
  await requireSeen(store, cx, row)
  await store.audit([auditEntry(cx, 'vread', 'permit', [key], { patient: row.patient })])
  if (row.deleted) throw gone(key, row)
  return stored(row)
}

export const stored = ({ type, id, version, lastUpdated, deleted, body }: ResourceRow): StoredResource => ({
  type,
  id,
  version,
  lastUpdated,
  deleted,
  body,
})

export const gone = (key: string, { version }: Readonly<{ version: number }>) =>
  problem('gone', 'deleted', `${key} was deleted. Its history is at ${key}/_history.`, {
    headers: { ETag: `W/"${version}"` },
  })
