import type { Consent } from 'fhir/r4.js'
import { parseReference, type ResourceKey } from '../fhir/resource.ts'
import { EXTENSION, type SharingDecision } from './codes.ts'
import type { Jurisdiction } from './derived.ts'
import { consentPeriods, standingOf } from './in-force.ts'
import { activeSharingDecisions, type Policy, sharingDecisionCode, sharingPolicyOf } from './jurisdiction.ts'
import { consentCategory, extension, ofType, type PersonRecord } from './person.ts'
import { unknownModifiers } from './rules/no-modifier-extension.ts'

const PERMITTING: Readonly<Record<Policy['sharing'], ReadonlySet<string | undefined>>> = {
  'direct-care': new Set<SharingDecision>(['no-objection', 'explicit-consent', 'not-asked']),
  'explicit-consent': new Set<SharingDecision>(['explicit-consent']),
}

/** Whether a decision, by its code, lets anyone see a record under any policy. */
export const isPermitting = (decision: Consent): boolean => PERMITTING['direct-care'].has(sharingDecisionCode(decision))

/**
 * Whether a decision holds now. One that permits does within every period that it states, also those of its exceptions; one that withholds
 * does within the period of its root, so that an exception which has ended opens nothing.
 */
const holds = (decision: Consent, now: Date): boolean =>
  consentPeriods(decision)
    .filter(({ path }) => isPermitting(decision) || path === 'provision.period')
    .every(({ period }) => standingOf(period, now) === 'in-force')

/** The RelatedPersons who made a decision for the person, by their keys. */
const madeBy = ({ performer = [] }: Consent): ResourceKey[] =>
  performer.flatMap(({ reference }) => {
    const found = parseReference(reference)
    return found?.type === 'RelatedPerson' ? [found.key] : []
  })

/**
 * Whether somebody held the legal power to decide for the person when a decision was made. A power that holds only once the person cannot decide
 * is not taken to have held: whether they could is not told by the decision.
 */
const heldPower = (person: PersonRecord, holder: ResourceKey, decision: Consent): boolean =>
  ofType(person, 'Consent').some((power) => {
    const holders = [power.provision, ...(power.provision?.provision ?? [])].flatMap(
      (provision) => provision?.actor ?? [],
    )
    const since = power.provision?.period?.start ?? power.dateTime
    const at = new Date(decision.dateTime ?? Number.NaN)
    return (
      !Number.isNaN(at.getTime()) &&
      power.status === 'active' &&
      consentCategory(power) === 'welfare-proxy' &&
      extension(power, EXTENSION.onlyWhenIncapable)?.valueBoolean !== true &&
      holders.some(({ reference }) => parseReference(reference.reference)?.key === holder) &&
      since !== undefined &&
      standingOf({ ...power.provision?.period, start: since }, at) === 'in-force'
    )
  })

/** What somebody without the power agreed to for the person is no agreement. That they object is heeded all the same: that harms less. */
const counts = (person: PersonRecord, decision: Consent): boolean =>
  !isPermitting(decision) || madeBy(decision).every((holder) => heldPower(person, holder, decision))

/**
 * The sharing decisions in force, the latest first: active, within the period that they state, and made by the person or by who had the power. Any
 * other is none.
 */
export const sharingDecisionsInForce = (person: PersonRecord, now: Date): Consent[] =>
  activeSharingDecisions(person).filter((decision) => holds(decision, now) && counts(person, decision))

/**
 * Whether a person's plans may be shared, from the sharing decisions in force: permitted where every one permits it under the policy of this
 * jurisdiction, so that two that contradict each other, or a code or a modifier extension that is not known, withhold. Without any decision, and so after an
 * objection or a consent that has ended: permitted, except where the policy needs explicit consent.
 */
export const sharingOf = (person: PersonRecord, jurisdiction: Jurisdiction, now: Date): 'permitted' | 'withheld' => {
  const policy = sharingPolicyOf(jurisdiction)
  const decisions = sharingDecisionsInForce(person, now)
  if (decisions.length === 0) return policy === 'direct-care' ? 'permitted' : 'withheld'
  return decisions.every((decision) => permits(decision, policy)) ? 'permitted' : 'withheld'
}

const permits = (decision: Consent, policy: Policy['sharing']): boolean =>
  PERMITTING[policy].has(sharingDecisionCode(decision)) && unknownModifiers(decision).length === 0

/** The sharing decisions in force, the latest first, where some of them permit and others do not; none where they agree. */
export const contradictorySharing = (person: PersonRecord, jurisdiction: Jurisdiction, now: Date): Consent[] => {
  const policy = sharingPolicyOf(jurisdiction)
  const decisions = sharingDecisionsInForce(person, now)
  return new Set(decisions.map((decision) => permits(decision, policy))).size > 1 ? decisions : []
}
