import { loadPackage } from './package.ts'

/**
 * The resource types that KeyPlan stores and serves. Routes, the CapabilityStatement, search and access are computed from this
 * table; to serve another type, add a line.
 */
export type ServedType = Readonly<{
  type: string
  /** Element whose reference names the person that the resource belongs to; `self` for Patient; undefined for resources of no person. */
  person?: 'self' | 'subject' | 'patient' | 'for' | 'target'
  /** True where the service's own work may store one that is of nobody. */
  ofNobody?: boolean
  /** True where an update needs If-Match (shown as `versioned-update`). */
  versioned?: boolean
  /** True where nothing is ever deleted: the record of who did what, and of what was asked of whom. */
  kept?: boolean
}>

export const SERVED: readonly ServedType[] = [
  { type: 'Patient', person: 'self', versioned: true },
  { type: 'CarePlan', person: 'subject', versioned: true },
  { type: 'Consent', person: 'patient', versioned: true },
  { type: 'Goal', person: 'subject' },
  { type: 'Observation', person: 'subject' },
  { type: 'RelatedPerson', person: 'patient' },
  { type: 'CareTeam', person: 'subject' },
  { type: 'QuestionnaireResponse', person: 'subject' },
  { type: 'Provenance', person: 'target', kept: true },
  { type: 'MedicationRequest', person: 'subject' },
  { type: 'Flag', person: 'subject' },
  { type: 'DocumentReference', person: 'subject' },
  { type: 'Task', person: 'for', ofNobody: true, kept: true },
  { type: 'Organization' },
  { type: 'Endpoint' },
  { type: 'Practitioner' },
  { type: 'PractitionerRole' },
  { type: 'Bundle' },
]

/** Types of which nothing is stored: they are composed when an operation asks for them. */
export const COMPOSED: readonly string[] = ['Composition']

const byType = new Map(SERVED.map((served) => [served.type, served]))

/** The types of which KeyPlan publishes its own definitions, to be read and found but never changed: those in its FHIR package. */
export const PUBLISHED: readonly string[] = loadPackage().types()

export const isPublished = (type: string): boolean => PUBLISHED.includes(type)

export const servedType = (type: string): ServedType | undefined => byType.get(type)
