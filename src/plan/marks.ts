import type { CarePlan, Coding, Consent, Flag } from 'fhir/r4.js'
import type { Resource } from '../fhir/resource.ts'
import { SYSTEM } from './codes.ts'
import { isOfThePerson } from './members.ts'
import { isPersonal } from './ownership.ts'

/** HL7 v3 Confidentiality above what is normal: restricted, very restricted. */
export type Label = 'R' | 'V'

const CONFIDENTIALITY = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality'

const CODING: Readonly<Record<Label, Coding>> = {
  R: { system: CONFIDENTIALITY, code: 'R', display: 'restricted' },
  V: { system: CONFIDENTIALITY, code: 'V', display: 'very restricted' },
}

/** Of an answer from which something was left out (HL7 v3 ObservationValue). */
export const REDACTED: Coding = {
  system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue',
  code: 'REDACTED',
  display: 'redacted',
}

/** Types of which a resource can be marked by what it says. */
export const MARKED_TYPES: readonly string[] = ['CarePlan', 'Flag']

/**
 * The label that the content of a resource demands; null for normal. How to get into somebody's home is restricted: it is for those who are on
 * their way to the door (model.md section 2, HomeAccess).
 */
export const labelOf = (resource: Resource): Label | null =>
  resource.resourceType === 'Flag' &&
  ((resource as Flag).category ?? []).some((category) =>
    category.coding?.some(({ system }) => system === SYSTEM.homeAccess),
  )
    ? 'R'
    : null

const STRICTER: readonly (Label | null)[] = [null, 'R', 'V']

/** The stricter of two labels. */
export const stricter = (one: Label | null, other: Label | null): Label | null =>
  STRICTER.indexOf(one) > STRICTER.indexOf(other) ? one : other

/** The label that a coding is; undefined for any other. */
export const labelIn = ({ system, code }: Coding): Label | undefined =>
  system === CONFIDENTIALITY && (code === 'R' || code === 'V') ? code : undefined

/** What is said of a label that `labelIn` does not know. */
export const UNKNOWN_LABEL = `The security labels that can be given are R (restricted) and V (very restricted) of ${CONFIDENTIALITY}.`

/** The strictest label that a resource carries, whatever it comes from. */
export const carriedLabel = ({ meta }: Resource): Label | null =>
  ((meta?.['security'] ?? []) as Coding[]).reduce<Label | null>(
    (found, coding) => stricter(found, labelIn(coding) ?? null),
    null,
  )

/** The label that the custodian gave a resource, beyond what its content demands; null where it gave none. */
export const givenLabel = (resource: Resource): Label | null => {
  const carried = carriedLabel(resource)
  return carried === labelOf(resource) ? null : carried
}

/** The security labels that a resource carries: what its content demands, or the custodian gave it where that is stricter, and nothing else. */
export const securityOf = (resource: Resource, given: Label | null = null): Coding[] | undefined => {
  const label = stricter(labelOf(resource), given)
  return label === null ? undefined : [CODING[label]]
}

/** What nobody gives a label, and why: what crews are shown, and who did and decided what, is withheld by what the person decides, and is said to be. */
const UNLABELLED: Readonly<Record<string, string>> = {
  Patient: 'Without their identity nobody knows whose record this is.',
  CarePlan: 'A plan that is not seen is taken for none.',
  Provenance: 'Who did what to a plan is known to whoever may see it.',
  Task: 'What has to be done is known to whoever has to do it, and to the person.',
}

/** Why a resource cannot be given a label; undefined where it can. */
export const unlabelledBecause = (resource: Resource): string | undefined => {
  if (!isPersonal(resource.resourceType) || resource.resourceType === 'Bundle') return 'It belongs to no person.'
  if (resource.resourceType === 'Consent' && isOfThePerson(resource as Consent))
    return 'It is itself what the person decided about who sees their record.'
  return UNLABELLED[resource.resourceType]
}

/** True for a plan that is neither a draft nor in force: where it was a draft before, it never was in force, and stays its author's. */
export const isDraftThatEnded = (resource: Resource): boolean =>
  resource.resourceType === 'CarePlan' && !['draft', 'active'].includes((resource as CarePlan).status)

/** True for a plan that is a draft: it is nobody's business yet but of those who write it. */
export const isDraft = (resource: Resource): boolean =>
  resource.resourceType === 'CarePlan' && (resource as CarePlan).status === 'draft'
