import type { Bundle, BundleEntry, Composition, CompositionSection, FhirResource, Reference } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { resourceKey } from '../../fhir/resource.ts'
import { BASE, PROFILE, SNOMED, type SummaryState, SYSTEM } from '../codes.ts'
import type { DeriveAt } from '../derived.ts'
import { editionExtension, type PlanEdition } from '../edition.ts'
import { asItHolds } from '../in-force.ts'
import { contentInForce } from './content.ts'
import { division, type Markup, paragraph } from './narrative.ts'
import { editionIdentifier, orderExtension } from './order.ts'
import type { Reading } from './reading.ts'
import { SECTIONS, type Section } from './sections.ts'

/** The types that go into the document. An allow list: what is not named here (conversations, home access) stays at home. */
export const INCLUDED: readonly string[] = [
  'CarePlan',
  'Consent',
  'Goal',
  'Observation',
  'RelatedPerson',
  'CareTeam',
  'MedicationRequest',
  'Provenance',
]

/**
 * The Key Information Summary: a FHIR document (http://hl7.org/fhir/R4/documents.html) whose Bundle.id is the Patient's id, so
 * that a recipient always holds it in one place. The same record and moment give the same bytes.
 */
export const summaryDocument = (reading: Reading, at: DeriveAt): Bundle => {
  const { patient } = reading.person
  const content = documentContent(reading)
  const composition = documentComposition({
    patient: patient.id as string,
    subject: { reference: resourceKey(patient) },
    title: 'Key Information Summary',
    profile: PROFILE.summary,
    at,
    editions: reading.plans.flatMap(({ edition }) => edition ?? []),
    sections: SECTIONS.map((section) => compositionSection(section, reading, at)),
  })
  return documentBundle(patient.id as string, 'current', at, [
    composition,
    patient,
    ...new Set(content.filter(({ resourceType }) => INCLUDED.includes(resourceType))),
  ])
}

/** The sharing decisions and all that the plans are made of, but for a Consent of which nothing holds now: there a program could take it for one that does. */
export const documentContent = ({ sharing, person, now }: Reading): FhirResource[] => [
  ...sharing.decisions.map(({ consent }) => consent),
  ...contentInForce(person).filter(
    (resource) => resource.resourceType !== 'Consent' || asItHolds(resource, now) !== undefined,
  ),
]

export const compositionSection = (
  { code, title, entries, narrative, nothing }: Section,
  reading: Reading,
  at: DeriveAt,
): CompositionSection => {
  const shown = narrative(reading, at)
  const keys = new Set(entries(reading).flatMap((resource) => (resource === undefined ? [] : [resourceKey(resource)])))
  return {
    ...sectionHead(code, title, shown.length === 0 ? [paragraph(nothing, 'nothing')] : shown),
    ...(keys.size === 0 ? { emptyReason: NOTHING_RECORDED } : { entry: [...keys].map((reference) => ({ reference })) }),
  }
}

const NOTHING_RECORDED = {
  coding: [
    { system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason', code: 'unavailable', display: 'Unavailable' },
  ],
  text: 'Nothing recorded',
}

/** A section of a document may be titled otherwise than its code is called. */
export const sectionHead = (code: string, title: string, narrative: readonly Markup[]): CompositionSection => ({
  title,
  code: {
    coding: [
      { system: SYSTEM.summarySection, code, display: SECTIONS.find((one) => one.code === code)?.title ?? title },
    ],
  },
  text: { status: 'generated', div: division(narrative) },
})

/** KeyPlan itself, by a name that holds wherever the document is read. */
export const AUTHOR: Reference = {
  type: 'Device',
  identifier: { system: 'urn:ietf:rfc:3986', value: BASE },
  display: 'KeyPlan',
}

/** The Composition of a summary or of its tombstone; its identifier is the same over all editions. */
export const documentComposition = ({
  patient,
  subject,
  title,
  profile,
  at,
  editions = [],
  sections,
}: {
  patient: string
  subject: Reference
  title: string
  profile?: string
  at: DeriveAt
  /** The plans that the document is made from. */
  editions?: readonly PlanEdition[]
  sections: CompositionSection[]
}): Composition => ({
  resourceType: 'Composition',
  id: patient,
  ...(profile === undefined ? {} : { meta: { profile: [profile] } }),
  extension: [orderExtension(at), ...editions.map(editionExtension)],
  identifier: { system: IDENTIFIER_SYSTEM.summary, value: patient },
  status: 'final',
  type: { coding: [{ system: SNOMED, code: '861421000000109', display: 'End of life care coordination summary' }] },
  subject,
  date: at.now.toISOString(),
  author: [AUTHOR],
  title,
  section: sections,
})

/** A document Bundle with this state. Each fullUrl is absolute and ends in `Type/id`, so that relative references resolve inside (http://hl7.org/fhir/R4/bundle.html#references). */
export const documentBundle = (
  patient: string,
  state: SummaryState,
  at: DeriveAt,
  resources: readonly FhirResource[],
): Bundle => ({
  resourceType: 'Bundle',
  id: patient,
  meta: { tag: [{ system: SYSTEM.summaryState, code: state }] },
  identifier: editionIdentifier(patient, at),
  type: 'document',
  timestamp: at.now.toISOString(),
  entry: resources.map((resource): BundleEntry => ({ fullUrl: `${BASE}/${resourceKey(resource)}`, resource })),
})
