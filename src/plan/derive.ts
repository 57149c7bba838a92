import type { CarePlan } from 'fhir/r4.js'
import { resourceKey } from '../fhir/resource.ts'
import type { Derive, Derived } from './derived.ts'
import { emergencyAnswerOf } from './emergency.ts'
import { nextTurn } from './in-force.ts'
import { activeSharingDecisions } from './jurisdiction.ts'
import { ofType, type PersonRecord, planType } from './person.ts'
import { activeRestrictions, cprHiddenFrom } from './portal-restriction.ts'
import { nextLookAgain } from './restriction-tasks.ts'
import { sound } from './rules/derived.ts'
import { contentInForce } from './summary/content.ts'
import { summaryDocument } from './summary/document.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { tombstoneDocument } from './summary/tombstone.ts'

export type { Derive, DeriveAt, Derived, Jurisdiction } from './derived.ts'

/**
 * What follows from this record at this moment, checked against the record by the rules of `rules/derived.ts`. Throws `unprocessable` (key
 * `jurisdiction-unknown`) where the Patient does not tell which nation's law applies, and `internal` where such a rule is broken.
 */
export const derive: Derive = (unordered, at, asOf = at.now) => {
  const reading = readPerson(unordered, asOf)
  const { person } = reading
  const inForce = [
    ...new Set([...contentInForce(person), ...activeSharingDecisions(person), ...activeRestrictions(person)]),
  ]
  const derived: Derived = {
    nextTurn: earlier(
      nextTurn(
        inForce.filter((resource) => resource.resourceType === 'Consent'),
        asOf,
      ),
      nextLookAgain(person, asOf),
    ),
    inForce: inForce.map(resourceKey).sort(),
    jurisdiction: reading.jurisdiction,
    sharing: reading.sharing.state,
    cprHiddenFrom: cprHiddenFrom(person),
    summaryState: summaryState(person, reading),
    summary: reading.plans.length === 0 ? undefined : summaryDocument(reading, at),
    tombstone: tombstoneDocument(person.patient.id as string, at),
    emergency: emergencyAnswerOf(reading, at),
  }
  return sound(derived, person, asOf)
}

const earlier = (one: Date | undefined, other: Date | undefined): Date | undefined =>
  one === undefined || (other !== undefined && other < one) ? other : one

const ENDED: readonly CarePlan['status'][] = ['revoked', 'completed', 'entered-in-error']

/** Plans that ended, as far as the record still holds them, tell that there was something to withdraw. */
const summaryState = (person: PersonRecord, { plans, sharing }: Reading): Derived['summaryState'] => {
  if (plans.length > 0) return sharing.state === 'permitted' ? 'current' : 'withdrawn'
  return ofType(person, 'CarePlan').some((plan) => planType(plan) !== undefined && ENDED.includes(plan.status))
    ? 'withdrawn'
    : 'none'
}
