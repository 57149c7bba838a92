import type { RequestContext } from '../context.ts'
import { SERVED } from '../definitions/served.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { about, hasScope, permitOf, personUnknown, requireAll, requireScope } from './permission.ts'
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
  requireScope(cx, 'Patient', 'r')
  for (const type of types ?? []) requireScope(cx, type, 'r')
  const wanted = types ?? SERVED.map(({ type }) => type)
  const allowed = wanted.filter((type) => hasScope(cx, type, 'r'))
  const found = await store.everything({ patient, types: allowed, since, count, after }, permitOf(cx, 'r'))
  if (found !== undefined) await requireAll(store, cx, [about(patient, found)])
  const page = found?.resources.slice(0, count) ?? []
  const entities = page.map(({ type, id }) => `${type}/${id}`)
  const outcome = found === undefined ? 'not-found' : 'permit'
  await store.audit([
    auditEntry(cx, '$everything', outcome, entities.length === 0 ? [`Patient/${patient}`] : entities, { patient }),
  ])
  if (found === undefined) {
    throw personUnknown(patient)
  }
  return {
    resources: page.map(({ patient: owner, ...resource }) => ({ ...resource, deleted: false, own: owner !== null })),
    next: found.resources.length > count ? entities.at(-1) : undefined,
    withheldTypes: wanted.filter((type) => !allowed.includes(type)),
  }
}
