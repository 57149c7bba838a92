import type { CarePlan, Patient } from 'fhir/r4.js'
import { type Issue, issue } from '../fhir/outcome.ts'
import { type FhirResource, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import type { PlanType } from './codes.ts'
import { normaliseConsent } from './consent.ts'
import { at } from './expression.ts'
import { activeSharingDecisions } from './jurisdiction.ts'
import { endPlan } from './lifecycle.ts'
import { membersOf } from './members.ts'
import { ownRecord } from './ownership.ts'
import { consentCategory, type PersonRecord, personRecord, planType } from './person.ts'
import { checkPerson } from './rules/index.ts'
import { type Addressed, address } from './submission/addressed.ts'
import { admitPlan, replacedPlan } from './submission/admit-plan.ts'
import { checkAdmitted } from './submission/admitted.ts'
import type { SubmissionEntry } from './submission/entry.ts'
import { linkContent } from './submission/linked.ts'
import { findSubject } from './submission/subject.ts'

export type { SubmissionEntry } from './submission/entry.ts'
export { subjectOf } from './submission/subject.ts'

export type PreparedSubmission = Readonly<{
  /** The person's record as it would be. */
  after: PersonRecord
  /** What is to be written, and nothing else: new resources in the order of the submission, then those that ended. */
  write: readonly FhirResource[]
  issues: readonly Issue[]
}>

type At = Readonly<{ now: Date; newId: () => string; activate: boolean }>

/** Exactly one plan, or one of each type; and only a plan that has not ended. */
const checkPlans = (plans: readonly CarePlan[]): Issue[] => {
  if (plans.length === 0) {
    return [
      issue(
        'plan-missing',
        'Bundle.entry',
        'The submission has no plan. Add the CarePlan that the resources belong to.',
        {
          code: 'required',
        },
      ),
    ]
  }
  const seen = new Set<PlanType>()
  return plans.flatMap((plan) => {
    const type = planType(plan)
    const issues: Issue[] = []
    if (plan.status !== 'draft' && plan.status !== 'active') {
      issues.push(
        issue('plan-state', at(plan, 'status'), `A plan is submitted as draft or active, not as ${plan.status}.`),
      )
    }
    if (type !== undefined && seen.has(type)) {
      issues.push(
        issue(
          'several-plans',
          at(plan, 'category'),
          `The submission has more than one ${type} plan. Submit the one that is to hold.`,
        ),
      )
    }
    if (type !== undefined) seen.add(type)
    return issues
  })
}

const isPlan = (resource: FhirResource): resource is CarePlan => resource.resourceType === 'CarePlan'

/**
 * What ends because of the new plans and decisions, in the record in which these already stand. One plan after the other, so that
 * what two ending plans share ends as well.
 */
const retired = (
  record: PersonRecord,
  before: PersonRecord | undefined,
  replaced: readonly CarePlan[],
  now: Date,
): FhirResource[] => {
  const ended = new Map<ResourceKey, FhirResource>()
  for (const plan of replaced) {
    const current = personRecord(record.patient, [...record.resources.values(), ...ended.values()])
    for (const resource of endPlan(current, plan, { code: 'superseded', text: 'Replaced by a new plan', now })) {
      ended.set(resourceKey(resource), resource)
    }
  }
  const decisions = before === undefined ? [] : activeSharingDecisions(before)
  const isDecided = activeSharingDecisions(record).length > decisions.length
  return [...ended.values(), ...(isDecided ? decisions.map((one) => ({ ...one, status: 'inactive' as const })) : [])]
}

/** A decision older than the one in force must not take its place: it was overtaken before it arrived. */
const checkDecisionOrder = (resources: readonly FhirResource[], before: PersonRecord | undefined): Issue[] => {
  const [inForce] = before === undefined ? [] : activeSharingDecisions(before)
  const inForceSince = Date.parse(inForce?.dateTime ?? '')
  return resources.flatMap((resource) => {
    if (resource.resourceType !== 'Consent' || consentCategory(resource) !== 'sharing-decision') return []
    if (!(Date.parse(resource.dateTime ?? '') < inForceSince)) return []
    return [
      issue(
        'sharing-decision',
        at(resource, 'dateTime'),
        'A later sharing decision of this person is in force. Leave this one out, or ask the person again and record when.',
        { code: 'conflict' },
      ),
    ]
  })
}

/** Refusals and proxies that only the replaced plan names end with it. The person did not say so, so the sender is told. */
const checkCarriedOver = (record: PersonRecord, replaced: CarePlan, successor: CarePlan): Issue[] => {
  const kept = membersOf(record, successor)
  const categories = new Set(
    [...kept.values()].map((resource) => (resource.resourceType === 'Consent' ? consentCategory(resource) : undefined)),
  )
  return [...membersOf(record, replaced).values()].flatMap((resource) => {
    if (resource.resourceType !== 'Consent' || kept.has(resourceKey(resource))) return []
    const category = consentCategory(resource)
    if (category !== 'advance-refusal' && category !== 'welfare-proxy') return []
    if (categories.has(category)) return []
    return [
      issue(
        'not-carried-over',
        at(successor, 'supportingInfo'),
        `The replaced plan names ${resourceKey(resource)} (${category}); the new one names none, so it ends too. If it still holds, name it in CarePlan.supportingInfo of a new plan.`,
        { severity: 'warning' },
      ),
    ]
  })
}

/** Puts an issue where the sender finds it: in the entry of the resource that it is about. */
const locate = (issues: readonly Issue[], resources: readonly Addressed[]): Issue[] => {
  const places = new Map<string, string>(
    resources.map(({ index, resource }) => [at(resource, ''), `Bundle.entry[${index}].resource`]),
  )
  return issues.map((found) => {
    const root = /^[A-Za-z]+(?:\.where\(id='[^']*'\))?/.exec(found.expression ?? '')?.[0] ?? ''
    const place = places.get(root)
    return place === undefined ? found : { ...found, expression: place + (found.expression ?? '').slice(root.length) }
  })
}

/** Each finding once, and of those about an unresolved reference, or a signature that cannot be verified, only the one that says what is wrong with it. */
const distinct = (issues: readonly Issue[]): Issue[] => {
  const placesOf = (wanted: string) =>
    new Set(issues.filter(({ key }) => key === wanted).map(({ expression }) => expression))
  const unresolved = placesOf('reference-unresolved')
  const unverifiable = placesOf('signature-unverifiable')
  const outdated = issues.some(({ key }) => key === 'RSP-14')
  const seen = new Set<string>()
  return issues.filter(({ key, expression, text }) => {
    if (key === 'INV-2' && unresolved.has(expression)) return false
    if (key === 'INV-1' && unverifiable.has(expression)) return false
    // A plan that is no longer active may no longer be in the record that was read: RSP-14 says which one is.
    if (key === 'INV-2' && outdated && expression?.includes('.replaces') === true) return false
    const identity = `${key} ${expression} ${text}`
    if (seen.has(identity)) return false
    seen.add(identity)
    return true
  })
}

/**
 * What a submission makes of a person's record (`CarePlan/$submit`, model.md sections 1 and 4): resources with ids and resolved
 * references, recommendations normalised, plans identified, linked to what came with them and made active (or left as drafts), the
 * plans and the sharing decision whose place they take ended, all in one `write`.
 *
 * Everything wrong is in `issues`, all at once, those of `checkPerson` included, each located in `Bundle.entry`; with an error among
 * them nothing may be stored. Pure: ids come from `newId` alone (once for each new resource in the order of the entries, then once for each
 * plan that starts a lineage), the time from `now`; neither `entries` nor `before` is changed.
 * @param entries structurally valid R4 resources
 * @param before the record that `subjectOf(entries)` leads to, with all that the entries refer to; undefined where the person is not known
 */
export const prepareSubmission = (
  entries: readonly SubmissionEntry[],
  before: PersonRecord | undefined,
  { now, newId, activate }: At,
): PreparedSubmission => {
  const own = before === undefined ? undefined : ownRecord(before)
  const subject = findSubject(entries, own)
  const { resources: addressed, issues: unresolved } = address(entries, own?.patient, own, newId)
  const normalised = addressed.map(({ index, resource, isNew }) => {
    const { consent, issues } =
      isNew && resource.resourceType === 'Consent' ? normaliseConsent(resource) : { consent: resource, issues: [] }
    return { addressed: { index, resource: consent as FhirResource, isNew }, issues }
  })
  const incoming = normalised.map((found) => found.addressed)
  const fresh = incoming.filter(({ isNew }) => isNew).map(({ resource }) => resource)

  const submittedPlans = fresh.filter(isPlan)
  const plans = new Map<ResourceKey, { plan: CarePlan; replaced: CarePlan | undefined }>()
  for (const submitted of submittedPlans) {
    const replaced = replacedPlan(submitted, own)
    const linked = linkContent(submitted, submittedPlans, fresh)
    plans.set(resourceKey(submitted), { plan: admitPlan(linked, replaced, { now, newId, activate }), replaced })
  }
  const added = fresh.map((resource) => plans.get(resourceKey(resource))?.plan ?? resource)
  const patient = own?.patient ?? added.find((resource): resource is Patient => resource.resourceType === 'Patient')
  const issues = [
    ...subject.issues,
    ...checkAdmitted(entries, before),
    ...unresolved,
    ...normalised.flatMap((found) => found.issues),
    ...checkPlans(submittedPlans),
    ...checkDecisionOrder(added, own),
  ]
  if (patient === undefined) {
    // Without a person there is no record to check; the issues say so.
    return {
      after: personRecord({ resourceType: 'Patient' }, added),
      write: [],
      issues: distinct(locate(issues, incoming)),
    }
  }

  const record = personRecord(patient, [...(before?.resources.values() ?? []), ...added])
  const successions = activate
    ? [...plans.values()].flatMap(({ plan, replaced }) => (replaced === undefined ? [] : [{ plan, replaced }]))
    : []
  const ended = retired(
    ownRecord(record),
    own,
    successions.map(({ replaced }) => replaced),
    now,
  )
  const after = personRecord(patient, [...record.resources.values(), ...ended])
  return {
    after,
    write: [...added, ...ended],
    issues: distinct(
      locate(
        [
          ...issues,
          ...checkPerson(after, { before, now }),
          ...successions.flatMap(({ plan, replaced }) => checkCarriedOver(ownRecord(record), replaced, plan)),
        ],
        incoming,
      ),
    ),
  }
}
