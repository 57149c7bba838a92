import type { CarePlan, Extension } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { isFuture } from '../dates.ts'
import { activePlan, type PersonRecord, planType } from '../person.ts'
import { planIdOf, planVersionOf } from '../rules/plan-identity.ts'

/** The active plan that this one names as replaced; undefined where it names none, or one that is not active. */
export const replacedPlan = (plan: CarePlan, before: PersonRecord | undefined): CarePlan | undefined => {
  const type = planType(plan)
  const current = before === undefined || type === undefined ? undefined : activePlan(before, type)
  const names = plan.replaces?.some(
    ({ reference }) => parseReference(reference)?.key === (current && resourceKey(current)),
  )
  return names === true ? current : undefined
}

/** With a new identity, or with the next version of the lineage that it continues; what the sender wrote there does not count. */
const identified = (plan: CarePlan, replaced: CarePlan | undefined, newId: () => string): CarePlan => {
  const value = (replaced && planIdOf(replaced)) ?? newId()
  const version = replaced === undefined ? 1 : (planVersionOf(replaced) ?? 0) + 1
  const planVersion: Extension = { url: EXTENSION.planVersion, valuePositiveInt: version }
  return {
    ...plan,
    extension: [planVersion, ...(plan.extension ?? []).filter(({ url }) => url !== EXTENSION.planVersion)],
    identifier: [
      { system: IDENTIFIER_SYSTEM.planId, value },
      ...(plan.identifier ?? []).filter(({ system }) => system !== IDENTIFIER_SYSTEM.planId),
    ],
  }
}

/** Active from now on, or from the earlier time that the sender gives (a plan transcribed from paper). */
const activated = (plan: CarePlan, now: Date): CarePlan => {
  const start = plan.period?.start
  const keeps = start !== undefined && !isFuture(start, now)
  return { ...plan, status: 'active', period: { ...plan.period, start: keeps ? start : now.toISOString() } }
}

/** A submitted plan as it is stored: identified by the server, and active or a draft as asked. */
export const admitPlan = (
  plan: CarePlan,
  replaced: CarePlan | undefined,
  at: Readonly<{ now: Date; newId: () => string; activate: boolean }>,
): CarePlan => {
  const known = identified(plan, replaced, at.newId)
  return at.activate ? activated(known, at.now) : { ...known, status: 'draft' }
}
