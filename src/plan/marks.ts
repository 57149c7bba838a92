import type { CarePlan, Coding, Flag } from 'fhir/r4.js'
import type { Resource } from '../fhir/resource.ts'
import { SYSTEM } from './codes.ts'

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

/** Types of which a resource can be marked. */
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

/** The security labels that a resource carries: what its content demands, and nothing else. */
export const securityOf = (resource: Resource): Coding[] | undefined => {
  const label = labelOf(resource)
  return label === null ? undefined : [CODING[label]]
}

/** True for a plan that is neither a draft nor in force: where it was a draft before, it never was in force, and stays its author's. */
export const isDraftThatEnded = (resource: Resource): boolean =>
  resource.resourceType === 'CarePlan' && !['draft', 'active'].includes((resource as CarePlan).status)

/** True for a plan that is a draft: it is nobody's business yet but of those who write it. */
export const isDraft = (resource: Resource): boolean =>
  resource.resourceType === 'CarePlan' && (resource as CarePlan).status === 'draft'
