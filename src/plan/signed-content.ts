import type { CarePlan, Provenance } from 'fhir/r4.js'
import { canonicalJson } from '../fhir/canonical-json.ts'
import { type FhirResource, resourceKey } from '../fhir/resource.ts'
import { EXTENSION } from './codes.ts'
import { RETIREMENT } from './lifecycle.ts'
import { membersOf } from './members.ts'
import type { PersonRecord } from './person.ts'

/** What moves over the life of a plan without changing what it says: confirmation of review and its end. */
const MOVING_EXTENSIONS: readonly string[] = [EXTENSION.reviewDate, EXTENSION.stateReason]

const planContent = (plan: CarePlan): object => {
  const { meta: _meta, status: _status, period: _period, extension, ...rest } = plan
  const fixed = (extension ?? []).filter(({ url }) => !MOVING_EXTENSIONS.includes(url))
  return fixed.length === 0 ? rest : { ...rest, extension: fixed }
}

const memberContent = (resource: FhirResource): object => {
  const { meta: _meta, ...rest } = resource as unknown as Record<string, unknown>
  const { element } = RETIREMENT[resource.resourceType] ?? {}
  return element === undefined ? rest : Object.fromEntries(Object.entries(rest).filter(([name]) => name !== element))
}

type Content = Readonly<{ plan: object; content: readonly object[] }>

/**
 * What a signature of a plan covers: the plan and every resource that it is made of (`membersOf`), sorted by type and id. Left out is what
 * the life of a plan moves and no author wrote: `meta`, the status of each resource, the plan's `period`, review date and state reason. So a
 * signature holds from the draft until after the end. docs/signatures.md says the same for those who verify.
 */
const contentOfPlan = (person: PersonRecord, plan: CarePlan): Content => ({
  plan: planContent(plan),
  content: [...membersOf(person, plan).values()]
    .sort((one, other) => (resourceKey(one) < resourceKey(other) ? -1 : 1))
    .map(memberContent),
})

/** The bytes (as text, to be encoded as UTF-8) that a clinician's own signature is over: the plan and what it is made of. */
export const canonicalPlan = (person: PersonRecord, plan: CarePlan): string =>
  canonicalJson(contentOfPlan(person, plan))

/**
 * The bytes that KeyPlan's signature of an act is over: the same, and the Provenance of the act without `id`, `meta` and `signature`: who did
 * what, when, for which version.
 */
export const canonicalAct = (person: PersonRecord, plan: CarePlan, provenance: Provenance): string => {
  const { id: _id, meta: _meta, signature: _signature, ...act } = provenance
  return canonicalJson({ act, ...contentOfPlan(person, plan) })
}
