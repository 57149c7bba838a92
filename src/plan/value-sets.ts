import type {
  Capacity,
  ConsentCategory,
  DecisionBasis,
  Discussion,
  Involvement,
  OverallFocus,
  ProxyAuthority,
  RationaleReason,
  Recommendation,
  SharingDecision,
  StateReason,
  WhatMattersKind,
} from './codes.ts'

/** The codes of a type as a list; the object form lets the compiler refuse one that is missing or made up. */
const codes = <Code extends string>(all: Record<Code, true>): ReadonlySet<string> => new Set(Object.keys(all))

/** The codes that each coded element of a plan may have. A code that is not here is refused, never ignored. */
export const VALUE_SET = {
  recommendation: codes<Recommendation>({
    recommended: true,
    conditional: true,
    'not-recommended': true,
    unknown: true,
    'not-discussed': true,
  }),
  overallFocus: codes<OverallFocus>({ 'extend-life': true, balance: true, comfort: true }),
  involvement: codes<Involvement>({ A: true, B: true, C1: true, C2: true, C3: true, D: true }),
  basis: codes<DecisionBasis>({
    'clinical-recommendation': true,
    'person-refusal': true,
    'person-preference': true,
    'best-interests': true,
    'parental-agreement': true,
  }),
  rationale: codes<RationaleReason>({
    'unlikely-to-succeed': true,
    'not-in-best-interests': true,
    'person-does-not-want': true,
    other: true,
  }),
  discussion: codes<Discussion>({ person: true, family: true, proxy: true, 'not-discussed': true }),
  sharingDecision: codes<SharingDecision>({
    'no-objection': true,
    objection: true,
    'explicit-consent': true,
    'not-asked': true,
    withdrawn: true,
  }),
  proxyAuthority: codes<ProxyAuthority>({
    'welfare-attorney': true,
    'welfare-guardian': true,
    'lpa-health-welfare': true,
    deputy: true,
    intervener: true,
  }),
  capacity: codes<Capacity>({ 'has-capacity': true, 'lacks-capacity': true, indeterminate: true }),
  recordSource: codes<'new' | 'transcribed'>({ new: true, transcribed: true }),
  whatMatters: codes<WhatMattersKind>({ value: true, fear: true, hope: true }),
  stateReason: codes<StateReason>({ superseded: true, withdrawn: true, 'person-died': true, 'entered-in-error': true }),
  consentCategory: codes<ConsentCategory>({
    'emergency-recommendation': true,
    'advance-refusal': true,
    'welfare-proxy': true,
    'sharing-decision': true,
    'portal-restriction': true,
  }),
} as const

/** The codes of a value set in words, for the text of an issue. */
export const listOf = (valueSet: ReadonlySet<string>): string => [...valueSet].join(', ')
