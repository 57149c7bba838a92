import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION, type PlanType } from '../codes.ts'
import { at } from '../expression.ts'
import { activePlan, extension, ofType, type PersonRecord, planType } from '../person.ts'
import type { RecordRule } from './rule.ts'

const named = (plan: CarePlan): string => {
  const version = extension(plan, EXTENSION.planVersion)?.valuePositiveInt
  return `${resourceKey(plan)}${version === undefined ? '' : `, plan version ${version}`}`
}

const conflict = (plan: CarePlan, path: string, text: string): Issue =>
  issue('RSP-14', at(plan, path), text, { code: 'conflict' })

/** Whether a plan takes its place with this change: it is new, or it was a draft and becomes active. */
const takesPlace = (plan: CarePlan, before: PersonRecord | undefined): boolean => {
  const earlier = before?.resources.get(resourceKey(plan)) as CarePlan | undefined
  if (plan.status === 'active') return earlier?.status !== 'active'
  return plan.status === 'draft' && earlier === undefined
}

const check = (plan: CarePlan, type: PlanType, after: PersonRecord, before: PersonRecord | undefined): Issue[] => {
  const current = before === undefined ? undefined : activePlan(before, type)
  const replaced = (plan.replaces ?? []).map(({ reference }) => parseReference(reference)?.key)
  if (current === undefined) {
    return replaced.length === 0
      ? []
      : [
          conflict(
            plan,
            'replaces',
            `The plan to be replaced is not the person's active ${type} plan: none is active now. Read what ended it, then submit without \`replaces\`.`,
          ),
        ]
  }
  if (replaced.length !== 1 || replaced[0] !== resourceKey(current)) {
    return [
      conflict(
        plan,
        'replaces',
        `The person's active ${type} plan is ${named(current)}, and ${replaced.length === 0 ? 'this plan does not replace it' : 'that is not the plan that this one replaces'}. Read it, and name it alone in CarePlan.replaces if it is still to be replaced.`,
      ),
    ]
  }
  const left = after.resources.get(resourceKey(current)) as CarePlan | undefined
  if (plan.status !== 'active' || left?.status !== 'active') return []
  return [
    conflict(
      plan,
      'status',
      `${named(current)} would stay active beside the plan that replaces it. End it in the same transaction; CarePlan/$submit does.`,
    ),
  ]
}

/** RSP-14. The plan that was active first wins; whoever meets it learns which it is, and decides again. */
export const oneActivePlan: RecordRule = {
  key: 'RSP-14',
  title: 'At most one plan of a type is active, and a new one replaces the one that is',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) => {
    const plans = ofType(after, 'CarePlan').filter((plan) => takesPlace(plan, before))
    const seen = new Set<PlanType>()
    return plans.flatMap((plan) => {
      const type = planType(plan)
      if (type === undefined) return []
      if (seen.has(type)) {
        return [conflict(plan, 'category', `Two ${type} plans would take the same place. Submit one of them.`)]
      }
      seen.add(type)
      return check(plan, type, after, before)
    })
  },
}
