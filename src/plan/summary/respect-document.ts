import type { Bundle, CarePlan, Composition } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { type FhirResource, resourceKey } from '../../fhir/resource.ts'
import { BASE, EXTENSION, PLAN_CATEGORY, type PlanStanding, PROFILE, SYSTEM } from '../codes.ts'
import { editionExtension } from '../edition.ts'
import { RETIREMENT } from '../lifecycle.ts'
import { membersOf } from '../members.ts'
import { codeIn, consentCategory, extension, ofType, type PersonRecord, personRecord, planType } from '../person.ts'
import { provenancesOf } from './content.ts'
import { shownDay } from './dates.ts'
import { AUTHOR, compositionSection, documentContent, INCLUDED } from './document.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { type Reading, readPerson } from './reading.ts'
import { editionsNarrative, SECTIONS, type Section } from './sections.ts'

/**
 * Sections of the document in their order. Those that the summary has too are the summary's own, so that both say the same; the layout is
 * KeyPlan's and not that of a printed form.
 */
const ORDER = [
  'state',
  'cpr',
  'overall-focus',
  'advance-refusals',
  'interventions',
  'what-matters',
  'contacts',
  'shared-understanding',
  'capacity',
  'preferred-places',
  'medicines',
  'identity',
  'plans',
  'verify',
] as const

/** Standing of the plan that a document shows: the document of a plan is never about an unknown one. */
export type DocumentState = Exclude<PlanStanding, 'unknown'>

export const documentState = (plan: CarePlan): DocumentState => {
  if (plan.status === 'active') return 'current'
  if (plan.status === 'draft') return 'draft'
  const reason = codeIn(extension(plan, EXTENSION.stateReason)?.valueCodeableConcept, SYSTEM.stateReason)
  return reason === 'superseded' ? 'superseded' : 'revoked'
}

/**
 * An emergency-care plan as a FHIR document, whatever its state: in force, draft, replaced or withdrawn. `person` holds the plan and what
 * it is made of. A plan in force says what holds now, any other what held when it last changed. Dates are those of the record, so as long as the
 * same holds, the same record gives the same bytes.
 */
export const respectDocument = (person: PersonRecord, plan: CarePlan, now: Date): Bundle => {
  const state = documentState(plan)
  const shown = state === 'current' ? person : asInForce(person, plan)
  const date = lastChange(plan)
  const reading = readPerson(shown, state === 'current' ? now : new Date(date))
  const edition = reading.plans.find(({ type }) => type === 'emergency-care')?.edition
  const at = { now: new Date(date), sequence: 0, epoch: 0 }
  const key = resourceKey(plan)
  const composition: Composition = {
    resourceType: 'Composition',
    id: plan.id as string,
    meta: { profile: [PROFILE.respectDocument] },
    ...(edition === undefined ? {} : { extension: [editionExtension(edition)] }),
    identifier: { system: 'urn:ietf:rfc:3986', value: `${BASE}/${key}` },
    status: COMPOSITION_STATUS[plan.status] ?? 'final',
    type: { coding: [PLAN_CATEGORY['emergency-care']] },
    subject: { reference: resourceKey(person.patient) },
    date,
    author: [AUTHOR],
    title: 'Emergency care plan',
    section: ORDER.map((code) => compositionSection(sectionOf(code, plan, state), reading, at)),
  }
  const content = documentContent(reading)
  // What the record holds, not what it was read as: an ended plan goes into the document as ended.
  const recorded = content.map((resource) => person.resources.get(resourceKey(resource)) ?? resource)
  return {
    resourceType: 'Bundle',
    id: plan.id as string,
    meta: { tag: [{ system: SYSTEM.planStanding, code: state }] },
    identifier:
      edition === undefined
        ? { system: 'urn:ietf:rfc:3986', value: `${BASE}/${key}` }
        : { system: IDENTIFIER_SYSTEM.planId, value: `${edition.planId}/${edition.version}` },
    type: 'document',
    timestamp: date,
    entry: [
      composition,
      person.patient,
      ...new Set(recorded.filter(({ resourceType }) => INCLUDED.includes(resourceType))),
    ].map((resource) => ({ fullUrl: `${BASE}/${resourceKey(resource as FhirResource)}`, resource })),
  }
}

const COMPOSITION_STATUS: Partial<Record<CarePlan['status'], Composition['status']>> = {
  draft: 'preliminary',
  'entered-in-error': 'entered-in-error',
}

/** When the plan last changed, as an instant: the date of its document. */
const lastChange = ({ meta, period, created }: CarePlan): string =>
  new Date(meta?.lastUpdated ?? period?.end ?? period?.start ?? created ?? 0).toISOString()

/** The record as it was while the plan held: this plan alone, with its members as they stood before they were retired with it. */
const asInForce = (person: PersonRecord, plan: CarePlan): PersonRecord =>
  personRecord(person.patient, [
    { ...plan, status: 'active' },
    ...[...membersOf(person, plan).values()].map(restored),
    ...provenancesOf(person, plan),
    ...ofType(person, 'Consent').filter((consent) => consentCategory(consent) === 'sharing-decision'),
  ])

const restored = (resource: FhirResource): FhirResource => {
  const { element, ended } = RETIREMENT[resource.resourceType] ?? {}
  const retired =
    element !== undefined && ended !== undefined && (resource as unknown as Record<string, unknown>)[element] === ended
  return retired ? ({ ...resource, [element]: 'active' } as FhirResource) : resource
}

const sectionOf = (code: (typeof ORDER)[number], plan: CarePlan, state: DocumentState): Section => {
  if (code === 'state') return stateSection(plan, state)
  const section = SECTIONS.find((candidate) => candidate.code === code)
  if (section === undefined) throw new Error(`the summary has no section ${code}`)
  if (code === 'verify') return { ...section, narrative: verifyNarrative(state) }
  if (code === 'plans') return { ...section, title: 'Who made and signed it' }
  const isElsewhere = state !== 'current' && (code === 'what-matters' || code === 'preferred-places')
  return isElsewhere ? { ...section, nothing: ELSEWHERE } : section
}

const ELSEWHERE =
  'Not shown: it stands in a plan of its own, which is not part of a plan that is not in force. Infer nothing from this.'

const planOf = ({ plans }: Reading) => plans.filter(({ type }) => type === 'emergency-care')

const stateSection = (plan: CarePlan, state: DocumentState): Section => ({
  code: 'state',
  title: 'Is this plan in force?',
  entries: (reading) => planOf(reading).map((read) => read.plan),
  narrative: (reading) => stateNarrative(reading, plan, state),
  nothing: '',
})

const stateNarrative = (reading: Reading, plan: CarePlan, state: DocumentState): Markup[] => {
  const read = planOf(reading)[0]
  const on = shownDay(plan.period?.end) ?? 'a date that is not recorded'
  const said: Record<DocumentState, string> = {
    current: `In force when this was made, ${shownDay(lastChange(plan))}.`,
    draft: 'DRAFT. Not signed off and not in force: do not act on it.',
    superseded: `SUPERSEDED on ${on}. A newer plan has taken its place: do not act on this one.`,
    revoked: `WITHDRAWN on ${on}. Do not act on this plan.`,
  }
  const signed = read?.acts.findLast(({ part }) => part === 'signer')
  return [
    paragraph(strong(said[state]), `decision ${state}`),
    ...(state === 'current'
      ? [
          paragraph([
            signed === undefined
              ? 'No signature is recorded. '
              : `Signed ${shownDay(signed.on)} by ${signed.by ?? 'someone who is not named'}. `,
            strong(`Review by ${shownDay(read?.reviewDate) ?? '(no date set)'}.`),
            read?.transcribed === true ? ' Copied from a paper form, which is the original.' : undefined,
          ]),
        ]
      : []),
  ]
}

const VERIFY: Record<DocumentState, string> = {
  current:
    'Paper does not know when a plan changes. Scan the code, or send plan id, version and check code to CarePlan/$verify-current: the answer is current, superseded, revoked or unknown. It names nobody. Without a network, ask the GP practice.',
  draft: 'A draft has no plan id yet and cannot be verified.',
  superseded: 'Ask the emergency view or the GP practice for the plan that is in force.',
  revoked: 'Ask the emergency view or the GP practice whether another plan is in force.',
}

const verifyNarrative =
  (state: DocumentState): Section['narrative'] =>
  (reading) => [paragraph(VERIFY[state]), ...editionsNarrative(planOf(reading))]

/** The emergency-care plan of a person that a document is about: the one named by id, else the one in force. */
export const planToShow = (person: PersonRecord, id?: string): CarePlan | undefined =>
  ofType(person, 'CarePlan').find(
    (plan) => planType(plan) === 'emergency-care' && (id === undefined ? plan.status === 'active' : plan.id === id),
  )
