/** What people say, and how it is said in FHIR here: each with a worked example and the parts of it that say so. */
export type Saying = Readonly<{
  say: string
  /** Words that somebody may look for besides. */
  also: string
  /** Worked examples, the first of which says it: `Type-id`. */
  examples: readonly string[]
  /** Id of the profile. */
  profile: string
  /** Parts of the first example, and what each says. `extension:NAME` is the extension of ours of that name. */
  parts: readonly (readonly [at: string, says: string])[]
}>

export const SAYINGS: readonly Saying[] = [
  {
    say: 'Not for CPR, agreed with her daughter, review in March',
    also: 'DNACPR DNAR do not attempt resuscitation cardiopulmonary family discussed not recommended date',
    examples: ['Consent-margaret-not-for-cpr', 'RelatedPerson-ailsa', 'Bundle-margaret-not-for-cpr'],
    profile: 'emergency-recommendation',
    parts: [
      ['provision.provision.0.code', 'It is about cardiopulmonary resuscitation.'],
      ['extension:recommendation', 'Not recommended. This is the authored value; permit and deny follow from it.'],
      [
        'extension:decision-basis',
        'Who decided: here it is a clinical recommendation, neither a refusal nor a preference.',
      ],
      ['extension:rationale', 'Why, in words and as a code.'],
      [
        'extension:discussion',
        'With whom it was discussed: herself, her family and her proxy. The daughter is a RelatedPerson of hers (below).',
      ],
      ['extension:review-date', 'To be reviewed in March.'],
    ],
  },
  {
    say: 'Antibiotics by mouth, at home only',
    also: 'antibiotic infection intervention recommended conditional unknown not discussed presence is no permission',
    examples: ['Consent-margaret-antibiotics'],
    profile: 'emergency-recommendation',
    parts: [
      ['provision.provision.0.code', 'Which intervention: one in each recommendation.'],
      [
        'extension:recommendation',
        'Recommended, conditional, not recommended, unknown or not discussed. That there is a recommendation is no permission.',
      ],
      ['extension:condition-text', 'The condition, in words.'],
    ],
  },
  {
    say: 'Hospital only under a condition',
    also: 'conditional admission avoid stay at home escalation ceiling of treatment',
    examples: ['Consent-margaret-hospital-admission'],
    profile: 'emergency-recommendation',
    parts: [
      ['provision.provision.0.code', 'About admission to hospital.'],
      ['extension:recommendation', 'Conditional: neither permit nor deny follows.'],
      ['extension:condition-text', 'The condition, in words.'],
    ],
  },
  {
    say: 'She refuses a ventilator, in a document that binds',
    also: 'ADRT advance decision to refuse treatment directive living will legal refusal ventilation',
    examples: ['Consent-margaret-refusal-ventilator'],
    profile: 'advance-refusal',
    parts: [
      ['category', 'An advance refusal, not a recommendation.'],
      ['extension:condition-text', 'When it applies, in her words.'],
      ['provision.provision', 'What is refused.'],
    ],
  },
  {
    say: 'Her daughter has power of attorney',
    also: 'LPA welfare proxy guardian deputy attorney decides only when incapable',
    examples: ['Consent-margaret-proxy', 'RelatedPerson-ailsa'],
    profile: 'welfare-proxy',
    parts: [
      ['extension:proxy-authority', 'By what authority.'],
      ['extension:only-when-incapable', 'Only when she cannot decide herself.'],
      ['provision.actor', 'Who it is.'],
      ['provision.provision', 'Over what, and over what not.'],
    ],
  },
  {
    say: 'She has capacity to take part in this',
    also: 'mental capacity lacks incapacity adults with incapacity act assessment',
    examples: ['Observation-margaret-capacity', 'Observation-niamh-capacity-not-assessed'],
    profile: 'decision-capacity',
    parts: [
      ['valueCodeableConcept', 'The finding.'],
      ['effectiveDateTime', 'On which day: capacity changes.'],
    ],
  },
  {
    say: 'She wants to die at home',
    also: 'preferred place of death hospice care home PPD',
    examples: ['Observation-margaret-place-of-death', 'Observation-margaret-place-of-care'],
    profile: 'preferred-place',
    parts: [
      ['code', 'About the place of death. The place of care is another code, and may be another place.'],
      ['valueCodeableConcept', 'The place.'],
      ['note', 'In her words.'],
    ],
  },
  {
    say: 'Nobody has asked him where he wants to die',
    also: 'not asked unknown declined absent reason nothing recorded',
    examples: ['Observation-doris-place-of-death-not-asked', 'Observation-niamh-prognosis-declined'],
    profile: 'preferred-place',
    parts: [
      [
        'dataAbsentReason',
        'Not asked, asked and not known, and declined are different answers; silence is none of them.',
      ],
    ],
  },
  {
    say: 'What matters to me, and what I fear',
    also: 'wishes values hopes goal own words important avoid',
    examples: ['Goal-margaret-fear', 'Goal-margaret-value'],
    profile: 'what-matters-goal',
    parts: [
      ['description', 'In the person’s own words.'],
      ['category', 'A fear; values and hopes are other kinds.'],
      ['extension:importance', 'How much it matters, from 1 to 10.'],
      ['expressedBy', 'Who said it.'],
    ],
  },
  {
    say: 'She does not object to her plan being shared',
    also: 'consent sharing objection opt out withdrawn explicit lawful basis data protection',
    examples: ['Consent-margaret-sharing'],
    profile: 'sharing-decision',
    parts: [
      [
        'extension:sharing-decision-code',
        'No objection, objection, explicit consent, not asked and withdrawn stay apart.',
      ],
      ['extension:lawful-basis', 'The basis in law, which is not consent.'],
      ['provision.provision', 'To whom not.'],
    ],
  },
  {
    say: 'She does not want to come upon the decision about CPR in her portal',
    also: 'hide portal restriction carer relative withhold redact patient app look again',
    examples: ['Consent-margaret-portal-restriction'],
    profile: 'portal-restriction',
    parts: [
      ['extension:restriction-reason', 'Why she wants it.'],
      ['extension:review-date', 'When to ask her again. It does not end on that day.'],
      ['performer', 'Who asked for it.'],
      [
        'provision.provision',
        'CPR, hidden from her own portal or from who speaks for her. Crews and clinicians see it.',
      ],
    ],
  },
  {
    say: 'Just-in-case medicines are at home',
    also: 'anticipatory medicine morphine midazolam syringe box injection',
    examples: ['MedicationRequest-margaret-morphine'],
    profile: 'anticipatory-medicine',
    parts: [
      ['medicationCodeableConcept', 'Which.'],
      ['dosageInstruction', 'For what and how much.'],
      ['note', 'Where they are, who may give them, until when they last.'],
    ],
  },
  {
    say: 'There is a key safe by the back door',
    also: 'home access entry hazard dog door code restricted label',
    examples: ['Flag-margaret-key-safe'],
    profile: 'home-access',
    parts: [
      ['meta.security', 'Restricted: shown only to those on the way to the door.'],
      ['code', 'In words.'],
    ],
  },
  {
    say: 'Ring her daughter first',
    also: 'emergency contact next of kin phone telephone primary involved',
    examples: ['RelatedPerson-ailsa'],
    profile: 'plan-contact',
    parts: [
      ['extension:primary-emergency-contact', 'First to be called.'],
      ['relationship', 'Her daughter.'],
      ['telecom', 'With a telephone number.'],
    ],
  },
  {
    say: 'The plan as a whole, and who signed it',
    also: 'care plan ReSPECT form signature focus of care comfort active draft revoked emergency',
    examples: ['CarePlan-margaret-emergency-care', 'Provenance-margaret-signed'],
    profile: 'anticipatory-care-plan',
    parts: [
      ['category', 'An emergency care plan.'],
      ['identifier', 'Which plan: the same through all its versions.'],
      ['extension:overall-focus', 'The overall focus of care.'],
    ],
  },
  {
    say: 'How frail she is, and how long she may have',
    also: 'clinical frailty scale Rockwood Karnofsky prognosis surprise question GSF',
    examples: ['Observation-margaret-frailty', 'Observation-margaret-prognosis'],
    profile: 'function-score',
    parts: [
      ['code', 'By which scale.'],
      ['valueInteger', 'The score.'],
    ],
  },
]
