import { type Issue, Problem } from '../../fhir/outcome.ts'
import type { Derived } from '../derived.ts'
import type { PersonRecord } from '../person.ts'
import { derivedAsRecorded } from './derived-as-recorded.ts'
import { nothingInferred } from './nothing-inferred.ts'
import { onlyInForceShown } from './only-in-force-shown.ts'
import type { DerivedRule } from './rule.ts'
import { sharingObeyed } from './sharing-obeyed.ts'

/** The rules that hold between a record and what is derived from it, the most dangerous to break first. */
export const DERIVED_RULES: readonly DerivedRule[] = [
  sharingObeyed,
  onlyInForceShown,
  nothingInferred,
  derivedAsRecorded,
]

export const checkDerived = (derived: Derived, person: PersonRecord, now: Date): Issue[] =>
  DERIVED_RULES.flatMap(({ check }) => check(derived, person, now))

/**
 * What was derived, where it keeps the rules. Throws `internal` with all findings where it does not: then a mistake of KeyPlan would be shown
 * to crews as the plan, so nothing is stored, and what was stored before stays.
 */
export const sound = (derived: Derived, person: PersonRecord, now: Date): Derived => {
  const issues = checkDerived(derived, person, now)
  if (issues.length === 0) return derived
  throw new Problem('internal', issues)
}
