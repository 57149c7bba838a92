import type {
  CarePlan,
  Consent,
  Extension,
  FhirResource,
  Goal,
  Observation,
  Patient,
  Provenance,
  RelatedPerson,
} from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../../src/fhir/identifier.ts'
import {
  EXTENSION,
  INTERVENTIONS,
  type Intervention,
  ISO_3166_2,
  OBSERVATION,
  type PlanType,
  SYSTEM,
} from '../../../src/plan/codes.ts'
import { type PersonRecord, personRecord } from '../../../src/plan/person.ts'

type Recommendation = {
  about: Intervention
  recommendation?: string
  type?: string
  dnr?: boolean
  basis?: string
  rationale?: string
  reason?: string
  condition?: string
  discussion?: { with?: string[]; reason?: string; personAware?: boolean; familyAware?: boolean }
  dateTime?: string
  reviewDate?: string
  status?: Consent['status']
}

/** A plan in short, as cases write it; what a case leaves out is that of a complete and signed plan of an adult in Scotland. */
export type Form = {
  type: PlanType
  birthDate?: string
  jurisdiction: string
  created: string
  status: CarePlan['status']
  focus: string[]
  involvement?: { basis?: string[]; reason?: string }
  reviewDate?: string
  sharedUnderstanding?: string
  recommendations: Recommendation[]
  capacity: { code: string; reason?: string }[]
  signatures: { recorded?: string; registration?: string | null; target?: string; role?: string; senior?: boolean }[]
  goals: { kind: string; text?: string; absent?: string; status?: Goal['lifecycleStatus'] }[]
  proxies: { authority?: string; phone?: string }[]
  contacts: { phone?: string; involved?: boolean }[]
}

const COMPLETE: Form = {
  type: 'emergency-care',
  birthDate: '1950-01-01',
  jurisdiction: 'GB-SCT',
  created: '2024-05-01',
  status: 'active',
  focus: ['balance'],
  involvement: { basis: ['A'] },
  recommendations: [{ about: 'cpr' }, { about: 'intensive-care', recommendation: 'recommended' }],
  capacity: [{ code: 'has-capacity' }],
  signatures: [{}],
  goals: [
    { kind: 'value', text: 'My garden' },
    { kind: 'fear', text: 'Being alone' },
  ],
  proxies: [],
  contacts: [],
}

const present = (value: Extension | false | undefined): value is Extension => value !== undefined && value !== false

const code = (url: string, valueCode: string | undefined): Extension | undefined =>
  valueCode === undefined ? undefined : { url, valueCode }
const text = (url: string, valueString: string | undefined): Extension | undefined =>
  valueString === undefined ? undefined : { url, valueString }
const flag = (url: string, valueBoolean: boolean | undefined): Extension | undefined =>
  valueBoolean === undefined ? undefined : { url, valueBoolean }
const parts = (url: string, extension: (Extension | undefined)[]): Extension | undefined =>
  extension.some(present) ? { url, extension: extension.filter(present) } : undefined

export const PATIENT = { reference: 'Patient/person' }

const consent = (id: string, category: string, more: Partial<Consent>): Consent => ({
  resourceType: 'Consent',
  id,
  status: 'active',
  scope: { coding: [{ system: SYSTEM.consentScope, code: 'treatment' }] },
  category: [{ coding: [{ system: SYSTEM.consentCategory, code: category }] }],
  patient: PATIENT,
  dateTime: '2024-05-01',
  ...more,
})

const recommendation = (given: Recommendation, id: string): Consent => {
  const decided = given.recommendation ?? 'not-recommended'
  const against = decided === 'not-recommended'
  const derived = ({ recommended: 'permit', 'not-recommended': 'deny' } as Record<string, string>)[decided]
  const type = given.type ?? derived
  const intervention = INTERVENTIONS.find(({ name }) => name === given.about)
  const coding = intervention === undefined ? [] : [{ system: intervention.system, code: intervention.code }]
  const discussion = given.discussion ?? { with: ['person'], personAware: true, familyAware: true }
  const resource = consent(id, 'emergency-recommendation', {
    status: given.status ?? 'active',
    ...(given.dateTime === undefined ? {} : { dateTime: given.dateTime }),
    extension: [
      code(EXTENSION.recommendation, decided),
      code(EXTENSION.basis, given.basis === '' ? undefined : (given.basis ?? 'clinical-recommendation')),
      against || given.rationale !== undefined
        ? parts(EXTENSION.rationale, [
            given.rationale === '' ? undefined : text('text', given.rationale ?? 'It would not work.'),
            code('reason', given.reason),
          ])
        : undefined,
      text(EXTENSION.condition, given.condition),
      parts(EXTENSION.discussion, [
        ...(discussion.with ?? []).map((partner) => code('with', partner)),
        text('reason', discussion.reason),
        flag('personAware', discussion.personAware),
        flag('familyAware', discussion.familyAware),
      ]),
      given.reviewDate === undefined ? undefined : { url: EXTENSION.reviewDate, valueDate: given.reviewDate },
    ].filter(present),
    provision: {
      provision: [{ ...(type === undefined ? {} : { type: type as 'permit' }), code: [{ coding }] }],
    },
  })
  if (resource.dateTime === '') delete resource.dateTime
  const dnr = given.dnr ?? (against && given.about === 'cpr')
  return dnr
    ? {
        ...resource,
        category: [...resource.category, { coding: [{ system: SYSTEM.consentCategoryHl7, code: 'dnr' }] }],
      }
    : resource
}

const goal = ({ kind, text: words, absent, status }: Form['goals'][number], index: number): Goal => ({
  resourceType: 'Goal',
  id: `goal-${index}`,
  lifecycleStatus: status ?? 'active',
  category: [{ coding: [{ system: SYSTEM.whatMatters, code: kind }] }],
  description: {
    ...(words === undefined ? {} : { text: words }),
    ...(absent === undefined ? {} : { extension: [{ url: EXTENSION.dataAbsentReason, valueCode: absent }] }),
  },
  subject: PATIENT,
})

const capacity = ({ code: value, reason }: Form['capacity'][number], index: number): Observation => ({
  resourceType: 'Observation',
  id: `capacity-${index}`,
  ...(reason === undefined ? {} : { extension: [{ url: EXTENSION.capacityReason, valueString: reason }] }),
  status: 'final',
  code: { coding: [OBSERVATION.capacity] },
  subject: PATIENT,
  valueCodeableConcept: { coding: [{ system: SYSTEM.capacity, code: value }] },
})

const contact = (id: string, phone: string | undefined, involved: boolean | undefined): RelatedPerson => ({
  resourceType: 'RelatedPerson',
  id,
  ...(involved === undefined ? {} : { extension: [{ url: EXTENSION.involvedInPlan, valueBoolean: involved }] }),
  patient: PATIENT,
  ...(phone === undefined ? {} : { telecom: [{ system: 'phone', value: phone }] }),
})

const proxy = ({ authority, phone }: Form['proxies'][number], index: number): FhirResource[] => [
  consent(`proxy-${index}`, 'welfare-proxy', {
    extension: [code(EXTENSION.proxyAuthority, authority)].filter(present),
    provision: { actor: [{ role: {}, reference: { reference: `RelatedPerson/proxy-${index}` } }] },
  }),
  contact(`proxy-${index}`, phone, undefined),
]

const signature = (
  { recorded, registration, target, role, senior = true }: Form['signatures'][number],
  index: number,
): Provenance => ({
  resourceType: 'Provenance',
  id: `signature-${index}`,
  target: [{ reference: target ?? 'CarePlan/plan' }],
  recorded: recorded ?? '2024-05-01T15:00:00+01:00',
  agent: [
    {
      type: { coding: [{ system: SYSTEM.provenanceAgent, code: role ?? 'signer' }] },
      ...(senior ? { role: [{ text: 'Senior responsible clinician' }] } : {}),
      who:
        registration === null
          ? { display: 'A clinician' }
          : { identifier: { system: registration ?? IDENTIFIER_SYSTEM.gmc, value: '0000000' } },
    },
  ],
})

const plan = (form: Form, content: readonly FhirResource[]): CarePlan => {
  const named = (types: readonly string[]) =>
    content
      .filter(({ resourceType }) => types.includes(resourceType))
      .map(({ resourceType, id }) => ({ reference: `${resourceType}/${id}` }))
  return {
    resourceType: 'CarePlan',
    id: 'plan',
    extension: [
      { url: EXTENSION.planVersion, valuePositiveInt: 1 },
      ...form.focus.map((focus) => ({
        url: EXTENSION.overallFocus,
        valueCodeableConcept: { coding: [{ system: SYSTEM.overallFocus, code: focus }] },
      })),
      parts(EXTENSION.involvement, [
        ...(form.involvement?.basis ?? []).map((basis) => code('basis', basis)),
        text('reason', form.involvement?.reason),
      ]),
      text(EXTENSION.sharedUnderstanding, form.sharedUnderstanding),
      form.reviewDate === undefined ? undefined : { url: EXTENSION.reviewDate, valueDate: form.reviewDate },
    ].filter(present),
    identifier: [{ system: IDENTIFIER_SYSTEM.planId, value: 'lineage' }],
    status: form.status,
    intent: 'plan',
    category: [{ coding: [{ system: SYSTEM.planType, code: form.type }] }],
    subject: PATIENT,
    period: { start: '2024-05-01' },
    created: form.created,
    goal: named(['Goal']),
    supportingInfo: named(['Consent', 'Observation', 'RelatedPerson']),
  }
}

const SYSTEM_BY_NATION: Record<string, string> = {
  'GB-SCT': IDENTIFIER_SYSTEM.chi,
  'GB-NIR': IDENTIFIER_SYSTEM.hcNumber,
}

/** The record that a form describes: Patient/person, CarePlan/plan, Consent/cpr and so on, Goal/goal-0 … */
export const recordOf = (given: Partial<Form> = {}): PersonRecord => {
  const form: Form = { ...COMPLETE, ...given }
  const { birthDate, jurisdiction } = form
  const patient: Patient = {
    resourceType: 'Patient',
    id: 'person',
    extension: [{ url: EXTENSION.jurisdiction, valueCoding: { system: ISO_3166_2, code: jurisdiction } }],
    identifier: [{ system: SYSTEM_BY_NATION[jurisdiction] ?? IDENTIFIER_SYSTEM.nhsNumber, value: '0101500009' }],
    ...(birthDate === undefined || birthDate === '' ? {} : { birthDate }),
  }
  const seen = new Map<string, number>()
  const content: FhirResource[] = [
    ...form.recommendations.map((one) => {
      const count = (seen.get(one.about) ?? 0) + 1
      seen.set(one.about, count)
      return recommendation(one, count === 1 ? one.about : `${one.about}-${count}`)
    }),
    ...form.capacity.map(capacity),
    ...form.proxies.flatMap(proxy),
    ...form.contacts.map(({ phone, involved }, index) => contact(`contact-${index}`, phone, involved)),
    ...form.goals.map(goal),
  ]
  return personRecord(patient, [plan(form, content), ...content, ...form.signatures.map(signature)])
}
