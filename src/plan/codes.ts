/**
 * The codes and canonical addresses that plan resources are made of. Each value stands here once; the profiles in
 * `profiles/` define the same codes with their plain-English meaning, and a test holds the two together.
 */

export const BASE = 'https://keyplan.example/fhir'

export const profile = (name: string): string => `${BASE}/StructureDefinition/${name}`
export const codeSystem = (name: string): string => `${BASE}/CodeSystem/${name}`

export const SNOMED = 'http://snomed.info/sct'
export const ISO_3166_2 = 'urn:iso:std:iso:3166:-2'

export const PROFILE = {
  patient: profile('plan-patient'),
  carePlan: profile('anticipatory-care-plan'),
  goal: profile('what-matters-goal'),
  recommendation: profile('emergency-recommendation'),
  refusal: profile('advance-refusal'),
  proxy: profile('welfare-proxy'),
  sharing: profile('sharing-decision'),
  portalRestriction: profile('portal-restriction'),
  place: profile('preferred-place'),
  capacity: profile('decision-capacity'),
  contact: profile('plan-contact'),
  careTeam: profile('plan-care-team'),
  provenance: profile('plan-provenance'),
  summary: profile('key-information-summary'),
  respectDocument: profile('respect-document'),
  keyInformation: profile('key-information'),
  medicine: profile('anticipatory-medicine'),
  task: profile('plan-task'),
  prognosis: profile('prognosis'),
  functionScore: profile('function-score'),
  homeAccess: profile('home-access'),
  flag: profile('plan-flag'),
  pointer: profile('plan-pointer'),
  auditEvent: profile('plan-audit-event'),
  whatMattersResponse: profile('what-matters-response'),
  respectResponse: profile('respect-response'),
  /** What `CarePlan/$submit` takes: a plan with everything that it is made of. */
  submission: profile('plan-bundle'),
} as const

export const QUESTIONNAIRE = {
  whatMatters: `${BASE}/Questionnaire/what-matters-to-me`,
  respect: `${BASE}/Questionnaire/respect-v3`,
} as const

export const EXTENSION = {
  /** Patient: valueCoding, ISO 3166-2 (GB-SCT, GB-ENG, GB-WLS, GB-NIR). Decides age limits, consent basis, legal force. */
  jurisdiction: profile('jurisdiction'),
  /** CarePlan: valuePositiveInt, 1 for the first plan of a lineage. Server-owned. */
  planVersion: profile('plan-version'),
  /** CarePlan (emergency-care): valueCodeableConcept of CodeSystem overall-focus. */
  overallFocus: profile('overall-focus'),
  /** CarePlan (emergency-care): extensions `basis` (valueCode, repeats, CodeSystem involvement) and `reason` (valueString). */
  involvement: profile('involvement'),
  /** CarePlan, Consent: valueDate. */
  reviewDate: profile('review-date'),
  /** CarePlan: valueString, repeats: what should trigger a review before its date. */
  reviewTrigger: profile('review-trigger'),
  /** CarePlan: valueCodeableConcept of CodeSystem state-reason (+ text): why the plan ended. */
  stateReason: profile('state-reason'),
  /** CarePlan: valueCode of CodeSystem record-source. */
  recordSource: profile('record-source'),
  /** CarePlan (emergency-care): valueCoding, one of PROXY_PRESENT: whether there is a legal proxy, as it was answered. */
  proxyPresent: profile('proxy-present'),
  /** CarePlan (emergency-care): valueString, the shared understanding of health and circumstances (ReSPECT 2). */
  sharedUnderstanding: profile('shared-understanding'),
  /** Goal: valueInteger 1 to 10. */
  importance: profile('importance'),
  confidence: profile('confidence'),
  /** Goal: valueCodeableConcept of CodeSystem what-matters-theme, repeats. */
  theme: profile('theme'),
  /** Consent (recommendation): valueCode of CodeSystem recommendation; the authored decision. */
  recommendation: profile('recommendation'),
  /** Consent (recommendation): valueCode of CodeSystem decision-basis. */
  basis: profile('decision-basis'),
  /** Consent (recommendation): extensions `text` (valueString) and `reason` (valueCode of CodeSystem rationale). */
  rationale: profile('rationale'),
  /** Consent (recommendation): valueString, required for `conditional`; holds the details of modified CPR for a child. */
  condition: profile('condition-text'),
  /** Consent (recommendation): extensions `with` (valueCode, repeats, CodeSystem discussion), `reason` (valueString), `personAware`, `familyAware` (valueBoolean). */
  discussion: profile('discussion'),
  /** Consent (sharing): valueCode of CodeSystem sharing-decision. */
  sharingDecision: profile('sharing-decision-code'),
  /** Consent (sharing): valueString. */
  lawfulBasis: profile('lawful-basis'),
  /** Consent (portal restriction): valueString: why the person wants it. */
  restrictionReason: profile('restriction-reason'),
  /** Consent (proxy): valueCode of CodeSystem proxy-authority. */
  proxyAuthority: profile('proxy-authority'),
  /** Consent (proxy): valueBoolean: the powers hold only while the person lacks capacity. */
  onlyWhenIncapable: profile('only-when-incapable'),
  /** RelatedPerson: valueBoolean; at most one contact of a plan has it true. */
  primaryEmergencyContact: profile('primary-emergency-contact'),
  /** RelatedPerson: valueBoolean: took part in the conversation (ReSPECT 6 and 8). */
  involvedInPlan: profile('involved-in-plan'),
  /** Observation (capacity): valueString: in what way capacity is lacking. */
  capacityReason: profile('capacity-reason'),
  /** Composition (summary, tombstone): extensions `epoch` and `sequence` (valueUnsignedInt): which edition of a person's summary it is. */
  summaryOrder: profile('summary-order'),
  /** Composition: extensions `planId` (valueString), `version` (valuePositiveInt), `digest` (valueString): a plan that the document is made from. */
  planEdition: profile('plan-edition'),
  /** DocumentReference.content: valueCode of CodeSystem content-stability. */
  contentStability: profile('content-stability'),
  dataAbsentReason: 'http://hl7.org/fhir/StructureDefinition/data-absent-reason',
} as const

export const SYSTEM = {
  planType: codeSystem('plan-type'),
  overallFocus: codeSystem('overall-focus'),
  involvement: codeSystem('involvement'),
  stateReason: codeSystem('state-reason'),
  recordSource: codeSystem('record-source'),
  whatMatters: codeSystem('what-matters-kind'),
  theme: codeSystem('what-matters-theme'),
  recommendation: codeSystem('recommendation'),
  basis: codeSystem('decision-basis'),
  rationale: codeSystem('rationale'),
  discussion: codeSystem('discussion'),
  consentCategory: codeSystem('consent-category'),
  intervention: codeSystem('intervention'),
  sharingDecision: codeSystem('sharing-decision'),
  proxyAuthority: codeSystem('proxy-authority'),
  capacity: codeSystem('capacity'),
  observation: codeSystem('plan-observation'),
  summaryState: codeSystem('summary-state'),
  planStanding: codeSystem('plan-standing'),
  summarySection: codeSystem('summary-section'),
  provenanceAgent: codeSystem('provenance-agent'),
  planAct: codeSystem('plan-act'),
  planTask: codeSystem('plan-task'),
  emergencyOutcome: codeSystem('emergency-outcome'),
  homeAccess: codeSystem('home-access-kind'),
  contentStability: codeSystem('content-stability'),
  careTeamRole: codeSystem('care-team-role'),
  actor: codeSystem('plan-actor'),
  keyInformationField: codeSystem('key-information-field'),
  consentScope: 'http://terminology.hl7.org/CodeSystem/consentscope',
  consentCategoryHl7: 'http://terminology.hl7.org/CodeSystem/consentcategorycodes',
  relationshipRole: 'http://terminology.hl7.org/CodeSystem/v2-0131',
} as const

export type PlanType = 'what-matters' | 'emergency-care'
/** SNOMED CT category beside the local plan type (record artifact codes, each on an official list). */
export const PLAN_CATEGORY: Record<PlanType, { system: string; code: string; display: string }> = {
  'what-matters': { system: SNOMED, code: '736366004', display: 'Advance care plan' },
  'emergency-care': { system: SNOMED, code: '887701000000100', display: 'Emergency health care plan' },
}

export type Recommendation = 'recommended' | 'conditional' | 'not-recommended' | 'unknown' | 'not-discussed'
export type OverallFocus = 'extend-life' | 'balance' | 'comfort'
/** ReSPECT section 6. */
export type Involvement = 'A' | 'B' | 'C1' | 'C2' | 'C3' | 'D'
export type DecisionBasis =
  | 'clinical-recommendation'
  | 'person-refusal'
  | 'person-preference'
  | 'best-interests'
  | 'parental-agreement'
export type RationaleReason = 'unlikely-to-succeed' | 'not-in-best-interests' | 'person-does-not-want' | 'other'
export type Discussion = 'person' | 'family' | 'proxy' | 'not-discussed'
export type SharingDecision = 'no-objection' | 'objection' | 'explicit-consent' | 'not-asked' | 'withdrawn'
export type ProxyAuthority = 'welfare-attorney' | 'welfare-guardian' | 'lpa-health-welfare' | 'deputy' | 'intervener'
export type Capacity = 'has-capacity' | 'lacks-capacity' | 'indeterminate'
export type StateReason = 'superseded' | 'withdrawn' | 'person-died' | 'entered-in-error'
/** What was done to a plan (`Provenance.activity`). */
export type PlanAct = 'submit' | 'draft' | 'sign' | 'endorse' | 'confirm-review' | 'supersede' | 'revoke' | 'complete'
/** What must be done by someone because of a plan (`Task.code`). */
export type PlanTaskCode =
  | 'bereavement'
  | 'review-due'
  | 'endorsement-due'
  | 'confirm-transcription'
  | 'resolve-conflict'
  | 'sharing-contradiction'
  | 'restriction-review'
  | 'restriction-ended'
  | 'identity-review'
  | 'sharing-withdrawal-unacknowledged'
  | 'sharing-out-of-step'
  | 'parked-delivery'
  | 'recipient-ahead'
  | 'audit-not-sealed'
  | 'audit-contradicted'
  | 'break-glass-review'
export type WhatMattersKind = 'value' | 'fear' | 'hope'
export type ConsentCategory =
  | 'emergency-recommendation'
  | 'advance-refusal'
  | 'welfare-proxy'
  | 'sharing-decision'
  | 'portal-restriction'
export type SummaryState = 'current' | 'withdrawn'
/** Whether a plan that somebody has on paper may be acted on; `unknown` where no such plan is here. */
export type PlanStanding = 'current' | 'superseded' | 'revoked' | 'draft' | 'unknown'

export type Intervention =
  | 'cpr'
  | 'hospital-admission'
  | 'intensive-care'
  | 'ventilation'
  | 'non-invasive-ventilation'
  | 'antibiotics'
  | 'artificial-nutrition'
  | 'intravenous-fluids'
  | 'blood-products'
  | 'dialysis'

/**
 * The interventions that a recommendation can be about, in the order in which they are shown; `Consent.provision.provision.code`.
 * SNOMED CT where a public guide binds the concept (the IKNL and PACIO guides; single sources, chosen because no UK list exists), else local.
 */
export const INTERVENTIONS: readonly Readonly<{ name: Intervention; system: string; code: string; display: string }>[] =
  [
    { name: 'cpr', system: SNOMED, code: '89666000', display: 'Cardiopulmonary resuscitation' },
    { name: 'hospital-admission', system: SNOMED, code: '32485007', display: 'Hospital admission' },
    { name: 'intensive-care', system: SNOMED, code: '305351004', display: 'Admission to intensive care' },
    { name: 'ventilation', system: SNOMED, code: '40617009', display: 'Artificial ventilation' },
    {
      name: 'non-invasive-ventilation',
      system: SYSTEM.intervention,
      code: 'non-invasive-ventilation',
      display: 'Non-invasive ventilation',
    },
    { name: 'antibiotics', system: SNOMED, code: '281789004', display: 'Antibiotic therapy' },
    {
      name: 'artificial-nutrition',
      system: SYSTEM.intervention,
      code: 'artificial-nutrition',
      display: 'Artificial nutrition',
    },
    { name: 'intravenous-fluids', system: SNOMED, code: '281800008', display: 'Intravenous fluids' },
    { name: 'blood-products', system: SNOMED, code: '116762002', display: 'Blood products' },
    { name: 'dialysis', system: SYSTEM.intervention, code: 'dialysis', display: 'Dialysis' },
  ]

/** Findings derived from a CPR recommendation, for readers that know only these. */
export const CPR_FINDING = {
  recommended: { system: SNOMED, code: '450475007', display: 'For attempted cardiopulmonary resuscitation' },
  'not-recommended': { system: SNOMED, code: '450476008', display: 'Not for attempted cardiopulmonary resuscitation' },
} as const

/** Observation codes: where a person prefers to be cared for and to die, and capacity for this decision. */
export const OBSERVATION = {
  placeOfDeath: { system: SNOMED, code: '395091006', display: 'Preferred place of death' },
  actualPlaceOfDeath: { system: SYSTEM.observation, code: 'actual-place-of-death', display: 'Actual place of death' },
  placeOfCare: { system: SYSTEM.observation, code: 'preferred-place-of-care', display: 'Preferred place of care' },
  capacity: {
    system: SYSTEM.observation,
    code: 'decision-capacity',
    display: 'Capacity to take part in emergency care planning',
  },
} as const

/** Whether the person has a legal welfare proxy: yes, no, or not known. */
export const PROXY_PRESENT = {
  yes: { system: 'http://terminology.hl7.org/CodeSystem/v2-0136', code: 'Y', display: 'Yes' },
  no: { system: 'http://terminology.hl7.org/CodeSystem/v2-0136', code: 'N', display: 'No' },
  unknown: { system: 'http://terminology.hl7.org/CodeSystem/data-absent-reason', code: 'unknown', display: 'Unknown' },
} as const
