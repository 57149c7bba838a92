import type { Bundle, Parameters } from 'fhir/r4.js'
import type { ResourceKey } from '../fhir/resource.ts'
import type { PersonRecord } from './person.ts'

/** ISO 3166-2 codes of the four nations; `plan/jurisdiction.ts` holds the policy table. */
export type Jurisdiction = 'GB-SCT' | 'GB-ENG' | 'GB-WLS' | 'GB-NIR'

/** From whom something is hidden: the person at their own portal, all who speak for them, or one of these (a RelatedPerson). */
export type HiddenFrom = 'patient' | 'proxy' | ResourceKey

/**
 * Everything that follows from a person's record, computed in the commit that changes it and stored beside it.
 * Pure: the same record and moment give the same bytes.
 */
export type Derived = Readonly<{
  /** The next instant at which something else holds although nobody changes the record: a period begins or is over. Undefined where there is none. */
  nextTurn: Date | undefined
  /** Resources that the active plans and the sharing decision in force are made of; they cannot be edited one by one. */
  inForce: readonly ResourceKey[]
  jurisdiction: Jurisdiction
  /** `withheld` where the sharing decision, under this jurisdiction, lets nobody but the custodian see the record. */
  sharing: 'permitted' | 'withheld'
  /** From whom what was decided about CPR is hidden; nobody else is concerned by it, and nothing that is derived for others. */
  cprHiddenFrom: readonly HiddenFrom[]
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
  /** When the record was last written to, where that is not `now`: nothing is confirmed by being derived anew. */
  confirmed?: string | undefined
  /** The person's counter: rises by one with each commit that changes what is derived. Orders the summaries of one person. */
  sequence: number
  /** Rises when a database was restored; higher epoch beats any sequence. 1 for now. */
  epoch: number
}>

/**
 * What follows from this record at this moment. `asOf` is the moment for which it is decided what holds, where that is not the one that the
 * documents state: so two moments can be compared by what holds at each.
 */
export type Derive = (person: PersonRecord, at: DeriveAt, asOf?: Date) => Derived
