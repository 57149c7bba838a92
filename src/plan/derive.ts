import type { Bundle, CarePlan, Parameters } from 'fhir/r4.js'
import { type ResourceKey, resourceKey } from '../fhir/resource.ts'
import { emergencyAnswerOf } from './emergency.ts'
import { activeSharingDecisions } from './jurisdiction.ts'
import { ofType, type PersonRecord, planType } from './person.ts'
import { contentInForce } from './summary/content.ts'
import { summaryDocument } from './summary/document.ts'
import { type Reading, readPerson } from './summary/reading.ts'
import { tombstoneDocument } from './summary/tombstone.ts'

/** ISO 3166-2 codes of the four nations; `plan/jurisdiction.ts` holds the policy table. */
export type Jurisdiction = 'GB-SCT' | 'GB-ENG' | 'GB-WLS' | 'GB-NIR'

/**
 * Everything that follows from a person's record, computed in the commit that changes it and stored beside it.
 * Pure: the same record and moment give the same bytes.
 */
export type Derived = Readonly<{
  /** Resources that the active plans and the sharing decision in force are made of; they cannot be edited one by one. */
  inForce: readonly ResourceKey[]
  jurisdiction: Jurisdiction
  /** `withheld` where the sharing decision, under this jurisdiction, lets nobody but the custodian see the record. */
  sharing: 'permitted' | 'withheld'
  /** What recipients should hold: `current` a summary, `withdrawn` its tombstone, `none` nothing (there was never a plan, or sharing never allowed). */
  summaryState: 'current' | 'withdrawn' | 'none'
  /** Key Information Summary: a document Bundle; undefined where no plan is active. Kept (for the custodian) also when sharing is withheld. */
  summary: Bundle | undefined
  /** The tombstone: a document Bundle without clinical content. Always present; sent only to those that held a summary. */
  tombstone: Bundle
  /** The answer of `$emergency-view` (model.md section 5): `current-plan`, `no-plan` or `withheld`. At most 20 kB. */
  emergency: Readonly<{ outcome: 'current-plan' | 'no-plan' | 'withheld'; answer: Parameters }>
}>

export type DeriveAt = Readonly<{
  /** The moment of the commit: the timestamp of the documents. */
  now: Date
  /** The person's counter: rises by one with each commit that changes what is derived. Orders the summaries of one person. */
  sequence: number
  /** Rises when a database was restored; higher epoch beats any sequence. 1 for now. */
  epoch: number
}>

/** What follows from this record at this moment; `before` tells a first plan from an ended one. */
export type Derive = (person: PersonRecord, at: DeriveAt) => Derived

/** Throws `unprocessable` (key `jurisdiction-unknown`) where the Patient does not tell which nation's law applies. */
export const derive: Derive = (unordered, at) => {
  const reading = readPerson(unordered)
  const { person } = reading
  return {
    inForce: [...new Set([...contentInForce(person), ...activeSharingDecisions(person)].map(resourceKey))].sort(),
    jurisdiction: reading.jurisdiction,
    sharing: reading.sharing.state,
    summaryState: summaryState(person, reading),
    summary: reading.plans.length === 0 ? undefined : summaryDocument(reading, at),
    tombstone: tombstoneDocument(person.patient.id as string, at),
    emergency: emergencyAnswerOf(reading, at),
  }
}

const ENDED: readonly CarePlan['status'][] = ['revoked', 'completed', 'entered-in-error']

/** Plans that ended, as far as the record still holds them, tell that there was something to withdraw. */
const summaryState = (person: PersonRecord, { plans, sharing }: Reading): Derived['summaryState'] => {
  if (plans.length > 0) return sharing.state === 'permitted' ? 'current' : 'withdrawn'
  return ofType(person, 'CarePlan').some((plan) => planType(plan) !== undefined && ENDED.includes(plan.status))
    ? 'withdrawn'
    : 'none'
}
