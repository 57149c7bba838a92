import type { Caller } from '../context.ts'
import { conditionsOf, mayBreakGlass } from './conditions.ts'
import { type Condition, type Facts, holds } from './facts.ts'
import { POLICY_VERSION, partOf, policyOf } from './policy.ts'
import { type Asking, RULES, type Rule } from './rules.ts'
import { type ScopeLetter, type Within, withinOf } from './scopes.ts'

/** Who asks for a record, for what, and what is known of the record. Scopes, the ceiling of it all, are checked before. */
export type Question = Omit<Asking, 'actor'> & Readonly<{ actor: Caller; record: Facts }>

/**
 * What goes with a permit. `break-glass`: it is recorded as such, and the owner and the privacy officer are told; `role-sections`: of a document
 * only the sections of the role are shown (`plan/summary/roles.ts`).
 */
export type Obligation = 'break-glass' | 'role-sections'

type Said = Readonly<{
  /** Stable reason code: of the rule that denies, or what permits. */
  reason: string
  policyVersion: string
  /** Keys of the sharing decisions that decided, as far as the facts have them. */
  consents: readonly string[]
}>

export type Permitted = Said & Readonly<{ permitted: true; obligations: readonly Obligation[] }>
/** `breakGlass`: this person could see it by breaking the glass. `hidden`: it is answered as if it were not there. */
export type Denial = Said & Readonly<{ permitted: false; breakGlass: boolean; hidden: boolean }>
export type Decision = Permitted | Denial

declare const decided: unique symbol

/** Leave to search what a decision allows: only `decideSearch` makes one, so nothing is searched without. */
export type Permit = Readonly<{
  [decided]: true
  /** What must hold of every row that is read, shown or not. */
  condition: Condition
  /** What the query parts of scopes narrow for the interaction; undefined where they narrow nothing. */
  within: Within | undefined
}>

/**
 * May this caller see this record, or change it? Every rule of `rules.ts` must allow it; whatever is not known denies. The service's own work
 * may. `rules`: for tests that take one away.
 */
export const decide = (
  { actor, record, purpose, act, breakGlass: glass, now }: Question,
  rules: readonly Rule[] = RULES,
): Decision => {
  const said = { policyVersion: POLICY_VERSION, consents: record.consents ?? [] }
  if (actor.kind === 'internal') return { permitted: true, reason: 'own-work', obligations: [], ...said }
  const asking: Asking = { actor, purpose, act, breakGlass: glass, now }
  const conditions = conditionsOf(asking, rules)
  const policy = policyOf(actor)
  if (conditions === undefined || policy === undefined)
    return { permitted: false, reason: 'role-unknown', breakGlass: false, hidden: false, ...said }
  const denying = conditions.filter(({ strict }) => !holds(strict, record))
  const standing = denying.find(({ condition }) => !holds(condition, record))
  if (standing !== undefined) {
    const breakGlass = mayBreakGlass(asking, policy) && denying.every(({ rule }) => rule.breakable)
    const { code, hides } = standing.rule
    return {
      permitted: false,
      reason: code,
      breakGlass,
      hidden: hides === 'without-glass' ? !breakGlass : hides,
      ...said,
    }
  }
  const obligations: readonly Obligation[] = [
    ...(denying.length > 0 ? (['break-glass'] as const) : []),
    ...(partOf(actor, policy) === 'all' ? [] : (['role-sections'] as const)),
  ]
  return { permitted: true, reason: denying.length > 0 ? 'break-glass' : 'permitted', obligations, ...said }
}

/**
 * The decision for rows not yet known: what `decide` asks of each, as one condition for the WHERE of every table that is read. `letter`: the
 * interaction whose scopes are to reach the rows; undefined where that is seen to by itself.
 */
export const decideSearch = (
  { actor, purpose, act, breakGlass, now }: Omit<Question, 'record'>,
  letter: ScopeLetter | undefined = undefined,
): Permit => {
  const conditions = actor.kind === 'internal' ? [] : conditionsOf({ actor, purpose, act, breakGlass, now })
  const all = conditions?.map(({ condition }) => condition).filter((condition) => condition !== true)
  const within = actor.kind === 'internal' || letter === undefined ? undefined : withinOf(actor.scopes, letter)
  return { condition: all === undefined ? false : { all }, within } as Permit
}
