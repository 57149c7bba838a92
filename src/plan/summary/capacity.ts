import type { CarePlan, Observation } from 'fhir/r4.js'
import { type Capacity, EXTENSION, type Involvement, SYSTEM } from '../codes.ts'
import { activePlan, codeIn, extension, extensions, isCapacity, type PersonRecord } from '../person.ts'
import { recordedText } from './attribution.ts'
import { type Markup, paragraph, strong } from './narrative.ts'
import { observationsInForce } from './observations.ts'
import { shownWho } from './people.ts'
import { sentence, shownText } from './plain-text.ts'
import { CAPACITY_WORDING, INVOLVEMENT_WORDING, worded } from './wording.ts'

export type ReadCapacity = Readonly<{
  observation: Observation
  /** Undefined where the assessment states none of the three codes. */
  capacity: Capacity | undefined
  reason: string | undefined
  assessedOn: string | undefined
  assessedBy: string | undefined
}>

export type ReadInvolvement = Readonly<{ plan: CarePlan; bases: readonly Involvement[]; reason: string | undefined }>

export const readCapacity = (person: PersonRecord): ReadCapacity[] =>
  observationsInForce(person, isCapacity).map((observation) => ({
    observation,
    capacity: codeIn(observation.valueCodeableConcept, SYSTEM.capacity) as Capacity | undefined,
    reason: shownText(extension(observation, EXTENSION.capacityReason)?.valueString),
    assessedOn: observation.effectiveDateTime ?? observation.issued,
    assessedBy: shownWho(person, observation.performer?.[0]),
  }))

/** How the person took part in the emergency-care plan (ReSPECT section 6); undefined where the plan does not say. */
export const readInvolvement = (person: PersonRecord): ReadInvolvement | undefined => {
  const plan = activePlan(person, 'emergency-care')
  const involvement = extension(plan, EXTENSION.involvement)
  if (plan === undefined || involvement === undefined) return undefined
  return {
    plan,
    bases: extensions(involvement, 'basis').flatMap(({ valueCode }) =>
      valueCode === undefined ? [] : [valueCode as Involvement],
    ),
    reason: shownText(extension(involvement, 'reason')?.valueString),
  }
}

export const capacityText = (capacity: Capacity | undefined): string =>
  capacity === undefined ? 'Capacity is not stated' : worded(CAPACITY_WORDING, capacity)

export const capacityNarrative = (
  assessments: readonly ReadCapacity[],
  involvement: ReadInvolvement | undefined,
): Markup[] => [
  ...assessments.flatMap(({ capacity, reason, assessedOn, assessedBy }) => [
    paragraph([strong(sentence(capacityText(capacity))), reason === undefined ? undefined : ` ${sentence(reason)}`]),
    paragraph(recordedText(assessedOn, assessedBy), 'source'),
  ]),
  ...(involvement === undefined
    ? []
    : [
        ...involvement.bases.map((basis) => paragraph(sentence(worded(INVOLVEMENT_WORDING, basis)))),
        ...(involvement.reason === undefined ? [] : [paragraph(['Reason: ', sentence(involvement.reason)])]),
      ]),
]
