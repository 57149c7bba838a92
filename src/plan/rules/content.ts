import type { CarePlan, Consent, Observation, Provenance, ProvenanceAgent, RelatedPerson } from 'fhir/r4.js'
import { REGISTRATION_SYSTEMS } from '../../fhir/identifier.ts'
import { parseReference, resourceKey } from '../../fhir/resource.ts'
import { SENIOR_RESPONSIBLE } from '../acts.ts'
import { EXTENSION, SYSTEM } from '../codes.ts'
import {
  codeIn,
  consentCategory,
  contentOf,
  extension,
  extensions,
  interventionOf,
  isCapacity,
  ofType,
  type PersonRecord,
} from '../person.ts'

export const isBlank = (text: string | undefined): boolean => text === undefined || text.trim() === ''

export const consentsOf = (plan: CarePlan, person: PersonRecord): Consent[] =>
  contentOf(person, plan).filter((resource) => resource.resourceType === 'Consent')

/** The recommendations that a plan names, one Consent each. */
export const recommendationsOf = (plan: CarePlan, person: PersonRecord): Consent[] =>
  consentsOf(plan, person).filter((consent) => consentCategory(consent) === 'emergency-recommendation')

export const cprRecommendationsOf = (plan: CarePlan, person: PersonRecord): Consent[] =>
  recommendationsOf(plan, person).filter((consent) => interventionOf(consent) === 'cpr')

/** The intervention in words, to name one recommendation among several. */
export const aboutWhat = (consent: Consent): string => {
  const intervention = interventionOf(consent)
  return intervention === undefined ? 'a recommendation' : `the recommendation about ${intervention}`
}

export const capacitiesOf = (plan: CarePlan, person: PersonRecord): Observation[] =>
  contentOf(person, plan).filter(
    (resource): resource is Observation => resource.resourceType === 'Observation' && isCapacity(resource),
  )

export const capacityCode = (observation: Observation): string | undefined =>
  codeIn(observation.valueCodeableConcept, SYSTEM.capacity)

/** Whether the plan records that the person has, or lacks, capacity: one capacity is enough, RSP-6 refuses two that differ. */
export const hasCapacityCode = (plan: CarePlan, person: PersonRecord, code: string): boolean =>
  capacitiesOf(plan, person).some((observation) => capacityCode(observation) === code)

/** ReSPECT section 6: the ways in which the person was involved, and the reason where someone was not. */
export const involvementOf = (plan: CarePlan): { basis: string[]; reason: string | undefined } => {
  const involvement = extension(plan, EXTENSION.involvement)
  const reason = extension(involvement, 'reason')?.valueString
  return {
    basis: extensions(involvement, 'basis').map((basis) => basis.valueCode ?? ''),
    reason: isBlank(reason) ? undefined : reason,
  }
}

export const discussionOf = (
  consent: Consent,
): {
  with: string[]
  reason: string | undefined
  personAware: boolean | undefined
  familyAware: boolean | undefined
} => {
  const discussion = extension(consent, EXTENSION.discussion)
  const reason = extension(discussion, 'reason')?.valueString
  return {
    with: extensions(discussion, 'with').map((partner) => partner.valueCode ?? ''),
    reason: isBlank(reason) ? undefined : reason,
    personAware: extension(discussion, 'personAware')?.valueBoolean,
    familyAware: extension(discussion, 'familyAware')?.valueBoolean,
  }
}

/** Whether a recommendation was talked over with someone close to the person or with their legal proxy. */
export const isConsulted = (consent: Consent): boolean =>
  discussionOf(consent).with.some((partner) => partner === 'family' || partner === 'proxy')

/** The contacts of a plan who took part in the conversation. */
export const involvedContactsOf = (plan: CarePlan, person: PersonRecord): RelatedPerson[] =>
  contentOf(person, plan).filter(
    (resource): resource is RelatedPerson =>
      resource.resourceType === 'RelatedPerson' && extension(resource, EXTENSION.involvedInPlan)?.valueBoolean === true,
  )

/** The day on which the recommendations of a plan were decided: that of CPR, else the plan's own date. */
export const decisionDateOf = (plan: CarePlan, person: PersonRecord): string | undefined =>
  cprRecommendationsOf(plan, person)[0]?.dateTime ?? plan.created

const hasAgent = (provenance: Provenance, role: string): boolean =>
  provenance.agent.some((agent) => codeIn(agent.type, SYSTEM.provenanceAgent) === role)

/** The Provenances about a plan in which someone has this role, e.g. `signer` or `reviewer`. */
export const provenancesOf = (plan: CarePlan, person: PersonRecord, role: string): Provenance[] =>
  ofType(person, 'Provenance').filter(
    (provenance) =>
      hasAgent(provenance, role) &&
      provenance.target.some((target) => parseReference(target.reference)?.key === resourceKey(plan)),
  )

/** Who signed with a Provenance. */
const signersOf = ({ agent }: Provenance): ProvenanceAgent[] =>
  agent.filter(({ type }) => codeIn(type, SYSTEM.provenanceAgent) === 'signer')

/**
 * Whether a signer of this Provenance is named by a registration number (GMC, NMC, HCPC, GPhC). The number must stand in the
 * signature itself: a directory entry may change later, a signature may not.
 */
export const hasRegisteredSigner = (provenance: Provenance): boolean => signersOf(provenance).some(isRegistered)

const isRegistered = ({ who }: ProvenanceAgent): boolean =>
  REGISTRATION_SYSTEMS.includes(who.identifier?.system ?? '') && !isBlank(who.identifier?.value)

/** Whether a clinician, named by a registration number, has read a plan again and confirmed it. */
export const isConfirmedByAClinician = (plan: CarePlan, person: PersonRecord): boolean =>
  provenancesOf(plan, person, 'reviewer').some(({ agent }) =>
    agent.some((one) => codeIn(one.type, SYSTEM.provenanceAgent) === 'reviewer' && isRegistered(one)),
  )

/** Whether the senior responsible clinician signed with this Provenance, named by a registration number. */
export const hasSeniorSigner = (provenance: Provenance): boolean =>
  signersOf(provenance).some(
    (agent) => isRegistered(agent) && agent.role?.some(({ text }) => text === SENIOR_RESPONSIBLE) === true,
  )
