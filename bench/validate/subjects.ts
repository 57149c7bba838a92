import { readdirSync, readFileSync } from 'node:fs'
import type { Bundle, Composition, FhirResource } from 'fhir/r4.js'
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

/** The literal references below an element, in order. */
const referencesIn = (value: unknown): readonly string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, child]) =>
        name === 'reference' && typeof child === 'string' ? [child] : referencesIn(child),
      )

/** A document of fifteen entries: the key information of the synthetic Margaret, as far as the first fourteen resources that it is composed from. */
const document = (): Bundle => {
  const composition = read('Composition-margaret-key-information-summary.json', OURS) as Composition
  const kept = [...new Set(referencesIn(composition))].slice(0, 14)
  const section = (composition.section ?? []).map(({ entry = [], ...rest }) => {
    const inside = entry.filter(({ reference = '' }) => kept.includes(reference))
    return inside.length === 0 ? rest : { ...rest, entry: inside }
  })
  const entries = [{ ...composition, section }, ...kept.map((name) => read(`${name.replace('/', '-')}.json`, OURS))]
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

export type Subject = Readonly<{
  name: string
  resources: readonly FhirResource[]
  /** What Medplum is given for each, where that is more than the resource. */
  forMedplum?: (resource: FhirResource) => readonly FhirResource[]
}>

const withEntries = (resource: FhirResource): readonly FhirResource[] => [
  resource,
  ...((resource as Bundle).entry ?? []).flatMap(({ resource: inside }) => (inside as FhirResource | undefined) ?? []),
]

const withoutText = (resource: FhirResource): FhirResource => {
  const { text: _, ...rest } = resource as FhirResource & { text?: unknown }
  return rest as unknown as FhirResource
}

/** What both validators are given. */
export const subjects = (): readonly Subject[] => [
  { name: 'Patient', resources: [read('Patient-example.json', OFFICIAL)] },
  { name: 'CarePlan, 4 kB', resources: [read('CarePlan-margaret-emergency-care.json', OURS)] },
  { name: 'Consent', resources: [read('Consent-margaret-not-for-cpr.json', OURS)] },
  { name: 'QuestionnaireResponse', resources: [read('QuestionnaireResponse-margaret-conversation.json', OURS)] },
  { name: 'Bundle of 15, a document', resources: [document()] },
  { name: 'the same, entries given as well', resources: [document()], forMedplum: withEntries },
  { name: 'official examples', resources: officialExamples() },
]

/** What the check of structure and plain ajv are given: each as it is, and without the narrative, which plain ajv takes for any text. */
export const structureSubjects = (): readonly Subject[] =>
  subjects()
    .slice(0, 4)
    .flatMap(({ name, resources }) => [
      { name, resources },
      ...(resources.some((resource) => 'text' in resource)
        ? [{ name: `${name}, no narrative`, resources: resources.map(withoutText) }]
        : []),
    ])
