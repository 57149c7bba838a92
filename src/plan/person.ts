import type {
  CarePlan,
  CodeableConcept,
  Coding,
  Consent,
  Extension,
  Goal,
  Observation,
  Patient,
  Provenance,
  RelatedPerson,
  Task,
} from 'fhir/r4.js'
import { hasCoding } from '../fhir/identifier.ts'
import { type FhirResource, type ResourceKey, resourceKey } from '../fhir/resource.ts'
import {
  type ConsentCategory,
  EXTENSION,
  INTERVENTIONS,
  type Intervention,
  OBSERVATION,
  type PlanType,
  type Recommendation,
  SYSTEM,
} from './codes.ts'
import { VALUE_SET } from './value-sets.ts'

/**
 * What KeyPlan knows of one person at one moment: the Patient and every resource that matters to the plans in force (or to
 * the plan now submitted). Whatever `plan/` decides or composes, it decides from this value alone.
 */
export type PersonRecord = Readonly<{
  patient: Patient
  resources: ReadonlyMap<ResourceKey, FhirResource>
}>

export const personRecord = (patient: Patient, resources: Iterable<FhirResource>): PersonRecord => {
  const map = new Map<ResourceKey, FhirResource>([[resourceKey(patient), patient]])
  for (const resource of resources) map.set(resourceKey(resource), resource)
  return { patient, resources: map }
}

type TypeOf = {
  CarePlan: CarePlan
  Consent: Consent
  Goal: Goal
  Observation: Observation
  Provenance: Provenance
  RelatedPerson: RelatedPerson
  Task: Task
}

/** All resources of a type in the record, in the order in which they were put there. */
export const ofType = <T extends keyof TypeOf>(person: PersonRecord, type: T): TypeOf[T][] =>
  [...person.resources.values()].filter((resource) => resource.resourceType === type) as unknown as TypeOf[T][]

export const extension = (
  element: { extension?: Extension[] | undefined } | undefined,
  url: string,
): Extension | undefined => element?.extension?.find((candidate) => candidate.url === url)

export const extensions = (element: { extension?: Extension[] | undefined } | undefined, url: string): Extension[] =>
  element?.extension?.filter((candidate) => candidate.url === url) ?? []

/** The code of `system` in a CodeableConcept, or undefined. */
export const codeIn = (concept: CodeableConcept | undefined, system: string): string | undefined =>
  concept?.coding?.find((coding) => coding.system === system)?.code

/** Type of a plan by its category, or undefined where the CarePlan is none of KeyPlan's two. */
export const planType = (plan: CarePlan): PlanType | undefined => {
  for (const category of plan.category ?? []) {
    const code = codeIn(category, SYSTEM.planType)
    if (code === 'what-matters' || code === 'emergency-care') return code
  }
  return undefined
}

/** The active plan of a type, or undefined. More than one is a broken rule (RSP-14) and never stored. */
export const activePlan = (person: PersonRecord, type: PlanType): CarePlan | undefined =>
  ofType(person, 'CarePlan').find((plan) => plan.status === 'active' && planType(plan) === type)

/**
 * What a Consent of KeyPlan is, by its category; undefined for one that is none of them. The first known code of all codings counts: a Consent
 * with several is refused wherever one is written (`consentIssues`).
 */
export const consentCategory = (consent: Consent): ConsentCategory | undefined =>
  consent.category
    .flatMap(({ coding }) => coding ?? [])
    .find(({ system, code }) => system === SYSTEM.consentCategory && VALUE_SET.consentCategory.has(code ?? ''))?.code as
    | ConsentCategory
    | undefined

/** The authored recommendation of a Consent: never inferred from permit or deny. */
export const recommendationOf = (consent: Consent): Recommendation | undefined =>
  extension(consent, EXTENSION.recommendation)?.valueCode as Recommendation | undefined

/** The intervention that a recommendation is about, by the code of its first nested provision. */
export const interventionOf = (consent: Consent): Intervention | undefined => {
  const codings = consent.provision?.provision?.[0]?.code?.flatMap((concept) => concept.coding ?? []) ?? []
  return INTERVENTIONS.find((intervention) => hasCoding(codings, intervention.system, intervention.code))?.name
}

const isCode = (observation: Observation, coding: Coding): boolean =>
  hasCoding(observation.code.coding, coding.system ?? '', coding.code)

export const isCapacity = (observation: Observation): boolean => isCode(observation, OBSERVATION.capacity)
export const isPlaceOfCare = (observation: Observation): boolean => isCode(observation, OBSERVATION.placeOfCare)
export const isPlaceOfDeath = (observation: Observation): boolean => isCode(observation, OBSERVATION.placeOfDeath)

/** The resources that a plan refers to by `goal`, `supportingInfo` and `careTeam`, as far as the record holds them. */
export const contentOf = (person: PersonRecord, plan: CarePlan): FhirResource[] =>
  [...(plan.goal ?? []), ...(plan.supportingInfo ?? []), ...(plan.careTeam ?? [])]
    .map((reference) => person.resources.get(reference.reference as ResourceKey))
    .filter((resource): resource is FhirResource => resource !== undefined)
