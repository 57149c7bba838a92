import type { Caller } from '../context.ts'

/** What the decision needs to know of the person to whom a record belongs. */
export type PersonFacts = Readonly<{
  /** What the sharing decision in force allows under the person's jurisdiction (`plan/jurisdiction.ts`). */
  sharing: 'permitted' | 'withheld'
  /** ODS code of the organisation that registered the person: the author of the record, whom an objection to sharing does not shut out. */
  custodian: string
}>

declare const decided: unique symbol

/** Leave to see what a decision allowed; only `decide` and `decideSearch` make one, so nothing is searched or shown without. */
export type Permit = Readonly<{
  [decided]: true
  permitted: true
  /** Rows of persons whose sharing is withheld are visible only where this organisation is the custodian; undefined: all rows. */
  custodian: string | undefined
}>

export type Denial = Readonly<{
  permitted: false /** Stable reason code, for the audit. */
  reason: 'sharing-withheld'
}>

export type Decision = Permit | Denial

const permit = (custodian: string | undefined): Permit => ({ permitted: true, custodian }) as Permit

/**
 * May this caller see a record of this person (undefined: a record of nobody)? Scopes are checked before. The service's own work may; any
 * system may unless sharing is withheld; then only the custodian may (model.md section 6; trust, section 2). The SQL form of the same
 * rule is `search/sql.ts`, `visible`; a test holds the two together.
 */
export const decide = (caller: Caller, person: PersonFacts | undefined): Decision => {
  const { custodian } = decideSearch(caller)
  if (person === undefined || custodian === undefined) return permit(custodian)
  if (person.sharing === 'permitted' || person.custodian === custodian) return permit(custodian)
  return { permitted: false, reason: 'sharing-withheld' }
}

/** The decision for rows not yet known: a permit whose restriction goes into the WHERE clause of every table that is read. */
export const decideSearch = (caller: Caller): Permit =>
  permit(caller.kind === 'internal' ? undefined : caller.organization)
