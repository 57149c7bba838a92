import type {
  Capacity,
  DecisionBasis,
  Discussion,
  Involvement,
  OverallFocus,
  PlanType,
  ProxyAuthority,
  RationaleReason,
  Recommendation,
  SharingDecision,
  WhatMattersKind,
} from '../codes.ts'

/**
 * How each code is said to a crew, a clinician or the person: plain words that can be read aloud. The profiles hold the
 * definitions; these are the short forms of summaries and of the emergency answer.
 */

export const CPR_WORDING: Record<Recommendation, string> = {
  recommended: 'CPR attempts: RECOMMENDED',
  conditional: 'CPR attempts: ONLY AS DESCRIBED (modified or conditional)',
  'not-recommended': 'CPR attempts: NOT RECOMMENDED',
  unknown: 'CPR attempts: recommendation UNKNOWN. Infer nothing from this.',
  'not-discussed': 'CPR attempts: NOT DISCUSSED. Infer nothing from this.',
}

/** Said where an active plan holds no CPR recommendation at all. Absence is never shown as a recommendation. */
export const NO_CPR_WORDING = 'No CPR recommendation is recorded. Infer nothing from this.'

export const RECOMMENDATION_WORDING: Record<Recommendation, string> = {
  recommended: 'recommended',
  conditional: 'only under conditions',
  'not-recommended': 'NOT recommended',
  unknown: 'unknown, infer nothing',
  'not-discussed': 'not discussed, infer nothing',
}

export const FOCUS_WORDING: Record<OverallFocus, string> = {
  'extend-life': 'Prioritise extending life',
  balance: 'Balance extending life with comfort and valued outcomes',
  comfort: 'Prioritise comfort',
}

export const BASIS_WORDING: Record<DecisionBasis, string> = {
  'clinical-recommendation': 'clinical recommendation',
  'person-refusal': 'the person refuses this',
  'person-preference': 'the person prefers this',
  'best-interests': 'best interests (or overall benefit) of the person',
  'parental-agreement': 'agreed with those who have parental responsibility',
}

export const RATIONALE_WORDING: Record<RationaleReason, string> = {
  'unlikely-to-succeed': 'unlikely to succeed',
  'not-in-best-interests': 'not in the best interests of the person',
  'person-does-not-want': 'the person does not want it',
  other: 'other reason',
}

export const DISCUSSION_WORDING: Record<Exclude<Discussion, 'not-discussed'>, string> = {
  person: 'the person',
  family: 'the family',
  proxy: 'the legal proxy',
}

export const INVOLVEMENT_WORDING: Record<Involvement, string> = {
  A: 'The person has capacity and was fully involved (A)',
  B: 'The person lacks capacity; made under capacity law, with the proxy or those close to the person consulted (B)',
  C1: 'A child or young person mature enough to take part was involved (C1)',
  C2: 'A child or young person not mature enough to decide; known views were taken into account (C2)',
  C3: 'Those with parental responsibility were fully involved (C3)',
  D: 'The person could not be involved in any of these ways, for the reason stated (D)',
}

export const CAPACITY_WORDING: Record<Capacity, string> = {
  'has-capacity': 'The person has capacity to take part in making these recommendations',
  'lacks-capacity': 'The person LACKS capacity to take part in making these recommendations',
  indeterminate: 'Capacity to take part in making these recommendations could not be determined',
}

export const PROXY_WORDING: Record<ProxyAuthority, string> = {
  'welfare-attorney': 'welfare attorney',
  'welfare-guardian': 'welfare guardian',
  'lpa-health-welfare': 'attorney for health and welfare (lasting power of attorney)',
  deputy: 'court-appointed deputy',
  intervener: 'intervener (intervention order)',
}

export const KIND_WORDING: Record<WhatMattersKind, string> = {
  value: 'What I most value',
  fear: 'What I most fear or wish to avoid',
  hope: 'What I hope for',
}

export const SHARING_WORDING: Record<SharingDecision, string> = {
  'no-objection': 'The person has no objection to sharing this plan',
  'explicit-consent': 'The person has agreed to sharing this plan',
  objection: 'The person OBJECTS to sharing this plan',
  withdrawn: 'The person has WITHDRAWN agreement to sharing this plan',
  'not-asked': 'The person has not been asked about sharing this plan',
}

export const PLAN_WORDING: Record<PlanType, string> = {
  'emergency-care': 'Emergency care plan',
  'what-matters': 'What matters to me',
}

/** The wording of a code; the code itself where it is none of ours, so that nothing recorded is silently left out. */
export const worded = <Code extends string>(wording: Record<Code, string>, code: string): string =>
  Object.hasOwn(wording, code) ? wording[code as Code] : code
