import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { type FhirResource, parseReference, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { RETIREMENT } from '../lifecycle.ts'
import { membersOf } from '../members.ts'
import { ofType, type PersonRecord } from '../person.ts'
import { sameContent } from '../same-content.ts'
import { isConfirmed } from './confirmation.ts'
import { provenancesOf } from './content.ts'
import type { RecordRule } from './rule.ts'

const fixed = (resource: FhirResource, what: string): Issue =>
  issue(
    'plan-content-fixed',
    at(resource, ''),
    `${what} To change what a plan says, submit a new plan that replaces it (CarePlan.replaces).`,
    { code: 'conflict' },
  )

/**
 * What may not change in a plan: everything, but its status, and with its end the state reason and `period.end`, with its beginning
 * `period`, and with a confirmation of review the review date.
 */
const fixedPart = (plan: CarePlan, { ends, begins, confirmed }: Record<'ends' | 'begins' | 'confirmed', boolean>) => {
  const { status: _status, period, extension, ...rest } = plan
  const mayChange = [...(ends ? [EXTENSION.stateReason] : []), ...(confirmed ? [EXTENSION.reviewDate] : [])] as string[]
  const { end, ...start } = period ?? {}
  return {
    ...rest,
    ...(begins ? {} : { period: ends || end === undefined ? start : { ...start, end } }),
    extension: (extension ?? []).filter(({ url }) => !mayChange.includes(url)),
  } as CarePlan
}

const isDone = (plan: CarePlan): boolean => plan.status !== 'active' && plan.status !== 'draft'

const checkPlan = (earlier: CarePlan, plan: CarePlan, after: PersonRecord, before: PersonRecord): Issue[] => {
  const change = {
    ends: isDone(plan) && !isDone(earlier),
    begins: plan.status === 'active' && earlier.status === 'draft',
    confirmed: plan.status === 'active' && isConfirmed(plan, after, before),
  }
  if (sameContent(fixedPart(earlier, change), fixedPart(plan, change))) return []
  return [
    fixed(
      plan,
      earlier.status === 'draft'
        ? 'This draft is signed, and the signature would no longer be for what it says.'
        : `This plan is ${earlier.status}, and what it says does not change.`,
    ),
  ]
}

/** Once its plan has ended, a member may say so, and nothing else of it may change. */
const isRetired = (earlier: FhirResource, later: FhirResource): boolean => {
  const { element, ended, error } = RETIREMENT[earlier.resourceType] ?? {}
  if (element === undefined) return false
  const value = (later as unknown as Record<string, unknown>)[element]
  return (
    value !== undefined && (value === ended || value === error) && sameContent({ ...earlier, [element]: value }, later)
  )
}

const checkMembers = (earlier: CarePlan, plan: CarePlan, after: PersonRecord, before: PersonRecord): Issue[] => {
  const signatures = ofType(before, 'Provenance').filter((provenance) =>
    provenance.target.some(({ reference }) => parseReference(reference)?.key === resourceKey(earlier)),
  )
  return [...membersOf(before, earlier).values(), ...signatures].flatMap((member) => {
    const later = after.resources.get(resourceKey(member))
    if (later !== undefined && (sameContent(member, later) || (isDone(plan) && isRetired(member, later)))) return []
    return [
      fixed(
        member,
        later === undefined
          ? `This is part of a plan (${resourceKey(plan)}) and cannot be deleted.`
          : `This is part of a plan (${resourceKey(plan)}) and does not change by itself.`,
      ),
    ]
  })
}

/** Active and ended plans, and drafts that carry a signature: what was signed stays as it was signed (INV-1). */
const isFixed = (plan: CarePlan, before: PersonRecord): boolean =>
  plan.status !== 'draft' || provenancesOf(plan, before, 'signer').length > 0

export const contentFixed: RecordRule = {
  key: 'plan-content-fixed',
  title: 'What an active, ended or signed plan says does not change, nor does what it is made of',
  severity: 'error',
  source: 'Domain model section 1',
  check: (after, { before }) => {
    if (before === undefined) return []
    return ofType(before, 'CarePlan')
      .filter((plan) => isFixed(plan, before))
      .flatMap((earlier) => {
        const plan = after.resources.get(resourceKey(earlier)) as CarePlan | undefined
        if (plan === undefined) return [fixed(earlier, `This plan is ${earlier.status} and cannot be deleted.`)]
        const members = isDone(earlier) ? [] : checkMembers(earlier, plan, after, before)
        return [...checkPlan(earlier, plan, after, before), ...members]
      })
  },
}
