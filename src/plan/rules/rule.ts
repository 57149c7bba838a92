import type { CarePlan } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { PlanType } from '../codes.ts'
import type { Derived, Jurisdiction } from '../derived.ts'
import type { PersonRecord } from '../person.ts'

export type RuleContext = Readonly<{
  /** The record as it was; undefined for a person who is new. */
  before: PersonRecord | undefined
  now: Date
  jurisdiction: Jurisdiction
}>

/** What stands in the documentation of a rule. */
export type Described = Readonly<{
  /** `Issue.key` of every finding of this rule. */
  key: string
  title: string
  /** The gravest that it reports. */
  severity: 'error' | 'warning'
  /** Where it comes from. */
  source: string
}>

/** A rule about one active plan that is new or changed. */
export type PlanRule = Described &
  Readonly<{
    plans: readonly PlanType[]
    check: (plan: CarePlan, person: PersonRecord, context: RuleContext) => Issue[]
  }>

/** A rule about all that is in a person's record: what may stand beside what, and what may change. */
export type RecordRule = Described & Readonly<{ check: (after: PersonRecord, context: RuleContext) => Issue[] }>

/** A rule about what is derived from a person's record, before it is stored: what it says is checked against the record itself. */
export type DerivedRule = Described &
  Readonly<{ check: (derived: Derived, person: PersonRecord, now: Date) => Issue[] }>

/** A finding of such a rule. Whoever sent the change can mend nothing: a mistake of KeyPlan would be shown as the plan. */
export const mistake = (key: string, expression: string, text: string): Issue =>
  issue(key, expression, `${text} Nothing was stored. Report it with the X-Request-ID.`, { code: 'exception' })

export const BOTH: readonly PlanType[] = ['what-matters', 'emergency-care']
export const EMERGENCY: readonly PlanType[] = ['emergency-care']
