import type { CarePlan } from 'fhir/r4.js'
import { type FhirResource, resourceKey } from '../fhir/resource.ts'
import { endPlan } from './lifecycle.ts'
import { type PersonRecord, personRecord } from './person.ts'
import { planIdOf, planVersionOf } from './rules/plan-identity.ts'
import { admitPlan, replacedPlan } from './submission/admit-plan.ts'

export type Activation = Readonly<{
  plan: CarePlan
  /** The plan whose place it takes, as it ends; undefined where there is none. */
  superseded: CarePlan | undefined
  /** What is to be written: the plan, then the plan that it replaces and what ends with it. */
  write: readonly FhirResource[]
}>

/**
 * What is to be written to put a draft into force: the plan active from now on, and the plan that it replaces ended. An identity that the
 * draft was given when it was submitted stays, because a signature may be for it. Whether the draft may become active is for the rules.
 */
export const activateDraft = (
  person: PersonRecord,
  draft: CarePlan,
  { now, newId }: Readonly<{ now: Date; newId: () => string }>,
): Activation => {
  const replaced = replacedPlan(draft, person)
  const isIdentified = planIdOf(draft) !== undefined && planVersionOf(draft) !== undefined
  const admitted = admitPlan(draft, replaced, { now, newId, activate: true })
  const plan: CarePlan = isIdentified
    ? {
        ...draft,
        status: admitted.status,
        ...(admitted.period === undefined ? {} : { period: admitted.period }),
      }
    : admitted
  if (replaced === undefined) return { plan, superseded: undefined, write: [plan] }
  const record = personRecord(person.patient, [...person.resources.values(), plan])
  const ended = endPlan(record, replaced, { code: 'superseded', text: 'Replaced by a new plan', now })
  const superseded = ended.find((resource): resource is CarePlan => resourceKey(resource) === resourceKey(replaced))
  return { plan, superseded, write: [plan, ...ended] }
}
