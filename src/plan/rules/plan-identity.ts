import type { CarePlan } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, identifierValue } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { activePlan, extension, ofType, type PersonRecord, planType } from '../person.ts'
import type { RecordRule } from './rule.ts'

export const planIdOf = (plan: CarePlan): string | undefined =>
  identifierValue(plan.identifier, IDENTIFIER_SYSTEM.planId)

export const planVersionOf = (plan: CarePlan): number | undefined =>
  extension(plan, EXTENSION.planVersion)?.valuePositiveInt

/** The plan that this one replaces, if it is the active plan of its type. */
const replacedBy = (plan: CarePlan, before: PersonRecord | undefined): CarePlan | undefined => {
  const type = planType(plan)
  const current = before === undefined || type === undefined ? undefined : activePlan(before, type)
  const replaces = plan.replaces?.map(({ reference }) => parseReference(reference)?.key) ?? []
  return current !== undefined && replaces.includes(resourceKey(current)) ? current : undefined
}

const checkPlan = (plan: CarePlan, before: PersonRecord | undefined): Issue[] => {
  const replaced = replacedBy(plan, before)
  const id = planIdOf(plan)
  const version = planVersionOf(plan)
  const issues: Issue[] = []
  const mend = 'Both belong to the server: submit the plan with CarePlan/$submit, which sets them.'
  if (id === undefined || (replaced !== undefined && id !== planIdOf(replaced))) {
    issues.push(
      issue(
        'plan-identity',
        at(plan, 'identifier'),
        `The plan identifier is ${id === undefined ? 'missing' : 'not that of the plan which this one replaces'}. ${mend}`,
      ),
    )
  }
  const expected = replaced === undefined ? 1 : (planVersionOf(replaced) ?? 0) + 1
  if (version !== expected) {
    issues.push(
      issue(
        'plan-identity',
        version === undefined ? at(plan, 'extension') : atExtension(plan, EXTENSION.planVersion),
        `The plan version must be ${expected}. ${mend}`,
      ),
    )
  }
  return issues
}

/** A printout is checked by plan identifier and version: they must count without gaps, and only the server may count. */
export const planIdentity: RecordRule = {
  key: 'plan-identity',
  title: 'Plan identifier and version are the server’s: stable over a lineage, rising by one',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) =>
    ofType(after, 'CarePlan').flatMap((plan) => {
      const earlier = before?.resources.get(resourceKey(plan)) as CarePlan | undefined
      return plan.status === 'active' && earlier?.status !== 'active' ? checkPlan(plan, before) : []
    }),
}
