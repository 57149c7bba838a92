import type { Caller } from '../context.ts'
import type { Condition, NotHidden } from './facts.ts'
import { policyOf, type RolePolicy } from './policy.ts'
import { type Asking, RULES, type Rule } from './rules.ts'

/** Conditions for which something has to be looked up. */
type LookedUp = Extract<Condition, { recorded: unknown }> | NotHidden

/** What has to be looked up for a decision, and of whom; undefined where nothing has to be. */
export type LookUp = Readonly<{
  recorded: Extract<Condition, { recorded: unknown }> | undefined
  hidden: NotHidden | undefined
}>

/** Of persons alone, and in roles whose policy asks for it. */
export const lookUpOf = (asking: Omit<Asking, 'actor'> & Readonly<{ actor: Caller }>): LookUp | undefined => {
  const { actor } = asking
  if (actor.kind !== 'person') return undefined
  const found = (conditionsOf({ ...asking, actor }) ?? []).flatMap(({ strict }) => lookedUp(strict))
  const recorded = found.find((one) => 'recorded' in one)
  const hidden = found.find((one) => 'hidden' in one)
  return recorded === undefined && hidden === undefined ? undefined : { recorded, hidden }
}

const lookedUp = (condition: Condition): readonly LookedUp[] => {
  if (typeof condition === 'boolean' || 'fact' in condition) return []
  if ('recorded' in condition || 'hidden' in condition) return [condition]
  return ('all' in condition ? condition.all : condition.any).flatMap(lookedUp)
}

/** Longest that the glass stays broken, in minutes (trust 2.6). */
export const BREAK_GLASS_MINUTES = 60

/** A person may break the glass to read, where their role allows it and nothing has yet been broken. */
export const mayBreakGlass = ({ actor, act }: Asking, policy: RolePolicy): boolean =>
  actor.kind === 'person' && act === 'read' && policy.breakGlass

/** Of whom the glass is broken: of one person, for an hour at most, to read. */
const opened = (asking: Asking, policy: RolePolicy): Condition => {
  const { breakGlass, now } = asking
  if (breakGlass === undefined || !mayBreakGlass(asking, policy) || breakGlass.reason === '') return false
  const left = breakGlass.until.getTime() - now.getTime()
  return left > 0 && left <= BREAK_GLASS_MINUTES * 60_000 && { fact: 'patient', in: [breakGlass.patient] }
}

export type RuleCondition = Readonly<{ rule: Rule; strict: Condition; condition: Condition }>

type Conditions = readonly RuleCondition[] | undefined

/** Of a system nothing depends on the moment or on a person: what its role comes to is told once for a token. Decisions are not kept. */
const ofSystems = new WeakMap<Asking['actor'], Map<string, Conditions>>()

/** What each rule asks of a record: `strict` without, `condition` with the glass that was broken. Undefined for a role that is not known. */
export const conditionsOf = (asking: Asking, rules: readonly Rule[] = RULES): Conditions => {
  const { actor, purpose, act } = asking
  if (actor.kind !== 'system' || rules !== RULES) return made(asking, rules)
  const known = ofSystems.get(actor) ?? new Map<string, Conditions>()
  ofSystems.set(actor, known)
  const key = `${act} ${purpose}`
  if (!known.has(key)) known.set(key, made(asking, rules))
  return known.get(key)
}

const made = (asking: Asking, rules: readonly Rule[]): Conditions => {
  const policy = policyOf(asking.actor)
  if (policy === undefined) return undefined
  const glass = opened(asking, policy)
  return rules.map((rule) => {
    const strict = rule.allows(asking, policy)
    return {
      rule,
      strict,
      condition: rule.breakable && glass !== false && strict !== true ? { any: [strict, glass] } : strict,
    }
  })
}
