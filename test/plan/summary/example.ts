import type { CarePlan, Consent, Goal, Observation, Patient, Provenance, RelatedPerson } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../../src/fhir/identifier.ts'
import { type FhirResource, resourceKey } from '../../../src/fhir/resource.ts'
import {
  EXTENSION,
  INTERVENTIONS,
  type Intervention,
  ISO_3166_2,
  OBSERVATION,
  type PlanType,
  type Recommendation,
  type SharingDecision,
  SYSTEM,
  type WhatMattersKind,
} from '../../../src/plan/codes.ts'
import type { DeriveAt, Jurisdiction } from '../../../src/plan/derived.ts'
import { type PersonRecord, personRecord } from '../../../src/plan/person.ts'

/** Builders of a synthetic person's resources, each with only what a test says. */

export const AT: DeriveAt = { now: new Date('2026-06-05T13:05:00Z'), sequence: 7, epoch: 1 }

export const DOCTOR = {
  type: 'Practitioner',
  identifier: { system: IDENTIFIER_SYSTEM.gmc, value: '9999001' },
  display: 'Dr Una Testdoctor, General practitioner',
}

const subject = { reference: 'Patient/one' }

export const patient = (jurisdiction: Jurisdiction = 'GB-SCT', more: Partial<Patient> = {}): Patient => ({
  resourceType: 'Patient',
  id: 'one',
  extension: [{ url: EXTENSION.jurisdiction, valueCoding: { system: ISO_3166_2, code: jurisdiction } }],
  identifier: [{ system: IDENTIFIER_SYSTEM.chi, value: '1203411049' }],
  name: [{ use: 'official', given: ['Testa'], family: 'Person' }],
  gender: 'female',
  birthDate: '1941-03-12',
  address: [{ use: 'home', line: ['1 Example Brae'], city: 'Testburgh', postalCode: 'ZZ99 1WZ' }],
  ...more,
})

const consent = (id: string, category: string, more: Partial<Consent>): Consent => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: 'treatment' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
  patient: subject,
  dateTime: '2026-02-03',
  performer: [DOCTOR],
  ...more,
})

export const recommendation = (
  intervention: Intervention,
  code: Recommendation,
  texts: { rationale?: string; condition?: string; id?: string } = {},
): Consent => {
  const coding = INTERVENTIONS.find(({ name }) => name === intervention)
  return consent(texts.id ?? `recommendation-${intervention}`, 'emergency-recommendation', {
    extension: [
      { url: EXTENSION.recommendation, valueCode: code },
      { url: EXTENSION.basis, valueCode: 'clinical-recommendation' },
      ...(texts.rationale === undefined
        ? []
        : [
            {
              url: EXTENSION.rationale,
              extension: [
                { url: 'text', valueString: texts.rationale },
                { url: 'reason', valueCode: 'unlikely-to-succeed' },
              ],
            },
          ]),
      ...(texts.condition === undefined ? [] : [{ url: EXTENSION.condition, valueString: texts.condition }]),
      {
        url: EXTENSION.discussion,
        extension: [
          { url: 'with', valueCode: 'person' },
          { url: 'with', valueCode: 'family' },
          { url: 'personAware', valueBoolean: true },
        ],
      },
    ],
    provision: {
      provision: [{ code: [{ coding: [{ system: coding?.system ?? '', code: coding?.code ?? '' }] }] }],
    },
  })
}

export const refusal = (id: string, treatment: string, circumstances: string): Consent =>
  consent(id, 'advance-refusal', {
    extension: [{ url: EXTENSION.condition, valueString: circumstances }],
    performer: [subject],
    provision: { provision: [{ type: 'deny', code: [{ text: treatment }] }] },
  })

export const sharing = (decision: SharingDecision, more: Partial<Consent> = {}): Consent =>
  consent('sharing', 'sharing-decision', {
    extension: [{ url: EXTENSION.sharingDecision, valueCode: decision }],
    performer: [subject],
    ...more,
  })

export const contact = (id: string, name: string, phone: string, primary = false): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  id,
  active: true,
  extension: [{ url: EXTENSION.primaryEmergencyContact, valueBoolean: primary }],
  patient: subject,
  relationship: [{ text: 'daughter' }],
  name: [{ text: name }],
  telecom: [{ system: 'phone', value: phone }],
})

export const proxy = (id: string, holder: string): Consent =>
  consent(id, 'welfare-proxy', {
    extension: [
      { url: EXTENSION.proxyAuthority, valueCode: 'welfare-attorney' },
      { url: EXTENSION.onlyWhenIncapable, valueBoolean: true },
    ],
    provision: { actor: [{ role: { text: 'proxy' }, reference: { reference: `RelatedPerson/${holder}` } }] },
  })

export const goal = (id: string, kind: WhatMattersKind, words: string): Goal => ({
  resourceType: 'Goal',
  id,
  lifecycleStatus: 'active',
  category: [{ coding: [{ system: SYSTEM.whatMatters, code: kind }] }],
  description: { text: words },
  subject,
  startDate: '2026-01-20',
  expressedBy: subject,
})

export const capacity = (reason: string): Observation => ({
  resourceType: 'Observation',
  id: 'capacity',
  extension: [{ url: EXTENSION.capacityReason, valueString: reason }],
  status: 'final',
  code: { coding: [OBSERVATION.capacity] },
  subject,
  effectiveDateTime: '2026-02-03',
  performer: [DOCTOR],
  valueCodeableConcept: { coding: [{ system: SYSTEM.capacity, code: 'lacks-capacity' }] },
})

export const place = (id: string, preference: 'care' | 'death', words: string): Observation => ({
  resourceType: 'Observation',
  id,
  status: 'final',
  code: { coding: [preference === 'care' ? OBSERVATION.placeOfCare : OBSERVATION.placeOfDeath] },
  subject,
  effectiveDateTime: '2026-01-20',
  performer: [subject],
  valueCodeableConcept: { text: words },
})

const planResource = (
  id: string,
  type: PlanType,
  status: CarePlan['status'],
  content: readonly FhirResource[],
): CarePlan => ({
  resourceType: 'CarePlan',
  id,
  identifier: [{ system: IDENTIFIER_SYSTEM.planId, value: `lineage-${type}` }],
  status,
  intent: 'plan',
  category: [{ coding: [{ system: SYSTEM.planType, code: type }] }],
  extension: [{ url: EXTENSION.planVersion, valuePositiveInt: 2 }],
  subject,
  created: '2026-02-03',
  goal: content
    .filter(({ resourceType }) => resourceType === 'Goal')
    .map((resource) => ({ reference: resourceKey(resource) })),
  supportingInfo: content
    .filter(({ resourceType }) => resourceType !== 'Goal')
    .map((resource) => ({ reference: resourceKey(resource) })),
})

/** A plan made of these resources. */
export const whatMattersPlan = (
  content: readonly FhirResource[],
  status: CarePlan['status'] = 'active',
  id = 'wishes',
): CarePlan => ({
  ...planResource(id, 'what-matters', status, content),
  author: subject,
})

export const emergencyPlan = (
  content: readonly FhirResource[],
  understanding: string,
  status: CarePlan['status'] = 'active',
  id = 'emergency',
): CarePlan => {
  const plan = planResource(id, 'emergency-care', status, content)
  return {
    ...plan,
    author: DOCTOR,
    extension: [
      ...(plan.extension ?? []),
      {
        url: EXTENSION.overallFocus,
        valueCodeableConcept: { coding: [{ system: SYSTEM.overallFocus, code: 'comfort' }] },
      },
      {
        url: EXTENSION.involvement,
        extension: [
          { url: 'basis', valueCode: 'B' },
          { url: 'reason', valueString: `Because ${understanding}` },
        ],
      },
      { url: EXTENSION.sharedUnderstanding, valueString: understanding },
      { url: EXTENSION.reviewDate, valueDate: '2026-08-03' },
    ],
  }
}

export const signature = (id: string, plan: string): Provenance => ({
  resourceType: 'Provenance',
  id,
  target: [{ reference: `CarePlan/${plan}/_history/1` }],
  recorded: '2026-02-03T15:00:00Z',
  agent: [{ type: { coding: [{ system: SYSTEM.provenanceAgent, code: 'signer' }] }, who: DOCTOR }],
  signature: [{ type: [{ code: 'signature' }], when: '2026-02-03T14:30:00Z', who: DOCTOR }],
})

/** A person with both plans, one of everything in them, as they are used where a test does not care. */
export const example = (): { person: PersonRecord; resources: readonly FhirResource[] } => {
  const care = [
    recommendation('cpr', 'not-recommended', { rationale: 'Her heart would not start again' }),
    recommendation('antibiotics', 'conditional', { condition: 'By mouth only' }),
    recommendation('hospital-admission', 'recommended'),
    refusal('refusal', 'Blood transfusion', 'Also if my life is at risk'),
    capacity('She cannot weigh what follows'),
    proxy('proxy', 'holder'),
    contact('contact', 'Bea Example', '01632 960002'),
    contact('primary', 'Ann Example', '01632 960001', true),
  ]
  const wishes = [
    goal('fear', 'fear', 'A corridor'),
    goal('value', 'value', 'My cat'),
    place('care', 'care', 'At home'),
  ]
  const resources: FhirResource[] = [
    emergencyPlan(care, 'Heart failure'),
    whatMattersPlan(wishes),
    ...care,
    ...wishes,
    contact('holder', 'Cleo Example', '01632 960003'),
    signature('signed', 'emergency'),
    sharing('no-objection'),
  ]
  return { person: personRecord(patient(), resources), resources }
}
