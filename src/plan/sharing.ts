import type { Consent } from 'fhir/r4.js'
import type { SharingDecision } from './codes.ts'
import type { Jurisdiction } from './derived.ts'
import { consentPeriods, standingOf } from './in-force.ts'
import { activeSharingDecisions, type Policy, sharingDecisionCode, sharingPolicyOf } from './jurisdiction.ts'
import type { PersonRecord } from './person.ts'

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

/** The sharing decisions in force, the latest first: active, and within the period that they state. Outside it a decision is none. */
export const sharingDecisionsInForce = (person: PersonRecord, now: Date): Consent[] =>
  activeSharingDecisions(person).filter((decision) => holds(decision, now))

/**
 * Whether a person's plans may be shared, from the sharing decisions in force: permitted where every one permits it under the policy of this
 * jurisdiction, so that two that contradict each other, or a code that is not known, withhold. Without any decision, and so after an
 * objection or a consent that has ended: permitted, except where the policy needs explicit consent.
 */
export const sharingOf = (person: PersonRecord, jurisdiction: Jurisdiction, now: Date): 'permitted' | 'withheld' => {
  const policy = sharingPolicyOf(jurisdiction)
  const decisions = sharingDecisionsInForce(person, now)
  if (decisions.length === 0) return policy === 'direct-care' ? 'permitted' : 'withheld'
  return decisions.every((decision) => PERMITTING[policy].has(sharingDecisionCode(decision))) ? 'permitted' : 'withheld'
}
