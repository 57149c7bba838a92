import type { RequestContext } from '../context.ts'
import { SERVED } from '../definitions/served.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit/audit.ts'
import { hiddenByPerson } from './permission/hidden.ts'
import { about, hasScope, personUnknown, requireAll } from './permission/permission.ts'
import { hasSomeScope, notReached, reachedOf, requireSomeScope, searchPermit } from './permission/scope-reach.ts'
import type { EverythingPage, EverythingQuestion } from './types.ts'

/**
 * A page of what is stored of a person as it is now (http://hl7.org/fhir/R4/patient-operation-everything.html), of the types that the caller's
 * scopes allow; a type that was asked for and is not among them is refused. Every resource is named in the audit.
 */
export const everything = async (
  store: Store,
  cx: RequestContext,
  patient: string,
  { types, since, count, after }: EverythingQuestion,
): Promise<EverythingPage> => {
  requireSomeScope(cx, 'Patient', 'r')
  for (const type of types ?? []) requireSomeScope(cx, type, 'r')
  const wanted = types ?? SERVED.map(({ type }) => type)
  const allowed = wanted.filter((type) => hasSomeScope(cx, type, 'r'))
  const found = await store.everything({ patient, types: allowed, since, count, after }, searchPermit(store, cx, 'r'))
  if (found !== undefined) {
    await requireAll(store, cx, [about(patient, found)])
    await requirePatient(store, cx, patient)
  }
  const read = found?.resources.slice(0, count) ?? []
  const page = await reachedOf(
    store,
    cx,
    read.map((resource) => ({ ...resource, deleted: false })),
  )
  const entities = page.map(({ type, id }) => `${type}/${id}`)
  const outcome = found === undefined ? 'not-found' : 'permit'
  await store.audit([
    auditEntry(cx, '$everything', outcome, entities.length === 0 ? [`Patient/${patient}`] : entities, { patient }),
  ])
  if (found === undefined) {
    throw personUnknown(patient)
  }
  return {
    resources: page.map(({ patient: owner, ...resource }) => ({ ...resource, own: owner !== null })),
    next: found.resources.length > count ? keyOf(read.at(-1)) : undefined,
    issues: await hiddenByPerson(store, cx),
    withheldTypes: wanted.filter((type) => !hasScope(cx, type, 'r')),
  }
}

const keyOf = (resource: Readonly<{ type: string; id: string }> | undefined): string | undefined =>
  resource && `${resource.type}/${resource.id}`

/** Whose record it is must be reached itself: otherwise nothing of it is told, that there is one included. */
const requirePatient = async (store: Store, cx: RequestContext, id: string): Promise<void> => {
  if (hasScope(cx, 'Patient', 'r')) return
  const [newest] = await store.history({ type: 'Patient', id })
  if (newest === undefined || (await reachedOf(store, cx, [newest])).length === 0)
    throw notReached('r', { type: 'Patient', id }, id)
}
