import { readdirSync, readFileSync } from 'node:fs'
import type { Bundle, FhirResource } from 'fhir/r4.js'
import { DEFINES } from '../../test/validation/reference/sets.ts'

const OURS = new URL('../../fixtures/examples/', import.meta.url)
export const OFFICIAL = new URL('../../node_modules/hl7.fhir.r4.examples/', import.meta.url)

const read = (name: string, folder: URL): FhirResource =>
  JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as FhirResource

/** The official examples that are of one resource each, Bundles of definitions left out: what systems exchange. */
export const officialExamples = (): readonly FhirResource[] =>
  readdirSync(OFFICIAL)
    .filter((name) => name.endsWith('.json') && !DEFINES.test(name))
    .map((name) => read(name, OFFICIAL))
    .filter((resource) => JSON.stringify(resource).length < 100_000)

/** A document of fifteen entries: the key information of the synthetic Margaret, with what it is made of. */
const document = (): Bundle => {
  const composition = read('Composition-margaret-key-information-summary.json', OURS)
  const others = readdirSync(OURS).filter((name) =>
    /^(?:Patient|Consent|Goal|Observation|RelatedPerson|CareTeam|MedicationRequest|CarePlan)-margaret/.test(name),
  )
  const entries = [composition, ...others.slice(0, 14).map((name) => read(name, OURS))]
  return {
    resourceType: 'Bundle',
    type: 'document',
    identifier: { system: 'urn:ietf:rfc:3986', value: 'urn:uuid:6a3e8f0e-6f0b-4a35-9a5e-0d1f4b7c2e11' },
    timestamp: '2026-11-22T08:00:00Z',
    entry: entries.map((resource) => ({
      fullUrl: `https://plans.example/fhir/${resource.resourceType}/${resource.id}`,
      resource,
    })),
  }
}

export type Subject = Readonly<{ name: string; resources: readonly FhirResource[] }>

/** What both validators are given. */
export const subjects = (): readonly Subject[] => [
  { name: 'Patient', resources: [read('Patient-example.json', OFFICIAL)] },
  { name: 'CarePlan, 4 kB', resources: [read('CarePlan-margaret-emergency-care.json', OURS)] },
  { name: 'Consent', resources: [read('Consent-margaret-not-for-cpr.json', OURS)] },
  { name: 'QuestionnaireResponse', resources: [read('QuestionnaireResponse-margaret-conversation.json', OURS)] },
  { name: 'Bundle of 15, a document', resources: [document()] },
  { name: 'official examples', resources: officialExamples() },
]
