import type { CarePlan, CodeableConcept, Observation, Patient } from 'fhir/r4.js'
import { type Issue, issue } from '../fhir/outcome.ts'
import { type FhirResource, resourceKey } from '../fhir/resource.ts'
import { OBSERVATION } from './codes.ts'
import { isAfter, isFuture } from './dates.ts'
import { endPlan } from './lifecycle.ts'
import { ofType, type PersonRecord, personRecord, planType } from './person.ts'
import { planTask } from './task.ts'

/** What is known of a death; either part may not be known yet. */
export type Death = Readonly<{
  /** A FHIR dateTime, as precise as known. */
  died: string | undefined
  place: CodeableConcept | undefined
}>

/** What cannot be true of the time of a death. */
export const deathIssues = (patient: Patient, { died }: Death, now: Date): Issue[] => {
  if (died === undefined) return []
  if (isFuture(died, now)) return [issue('death-date', 'died', 'The death lies in the future. Correct its time.')]
  if (patient.birthDate !== undefined && isAfter(patient.birthDate, died)) {
    return [
      issue(
        'death-date',
        'died',
        'The death is dated before the birth. Make sure that this is the right person, and correct the time.',
      ),
    ]
  }
  return []
}

/** The Patient, known to have died; a time that was recorded before stays where none is given now. */
const deceased = (patient: Patient, { died }: Death): Patient => {
  if (died === undefined) {
    return patient.deceasedDateTime === undefined ? { ...patient, deceasedBoolean: true } : patient
  }
  const { deceasedBoolean: _deceased, ...rest } = patient
  return { ...rest, deceasedDateTime: died }
}

const placeOfDeath = (patient: Patient, { died, place }: Death, id: string): Observation[] =>
  place === undefined
    ? []
    : [
        {
          resourceType: 'Observation',
          id,
          status: 'final',
          code: { coding: [OBSERVATION.actualPlaceOfDeath] },
          subject: { reference: resourceKey(patient) },
          ...(died === undefined ? {} : { effectiveDateTime: died }),
          valueCodeableConcept: place,
        },
      ]

/**
 * What is to be written when the person of a plan has died: every active plan of theirs completed with what it is made of (a plan is about
 * the care of a living person, so none is left in force), the Patient deceased, the actual place of death, and a Task for the organisation
 * that registered the person to contact the bereaved. Inputs are not changed.
 */
export const completeAfterDeath = (
  person: PersonRecord,
  plan: CarePlan,
  reason: Readonly<{ text: string; death: Death; owner: string; now: Date; newId: () => string }>,
): FhirResource[] => {
  const { text, death, owner, now, newId } = reason
  const active = ofType(person, 'CarePlan').filter((one) => one.status === 'active' && planType(one) !== undefined)
  const ordered = [plan, ...active.filter((one) => resourceKey(one) !== resourceKey(plan))]
  const written = new Map<string, FhirResource>()
  for (const one of ordered) {
    const record = personRecord(person.patient, [...person.resources.values(), ...written.values()])
    for (const resource of endPlan(record, one, { code: 'person-died', text, now })) {
      written.set(resourceKey(resource), resource)
    }
  }
  return [
    ...written.values(),
    deceased(person.patient, death),
    ...placeOfDeath(person.patient, death, newId()),
    planTask({
      id: newId(),
      code: 'bereavement',
      patient: resourceKey(person.patient),
      focus: resourceKey(plan),
      owner,
      now,
    }),
  ]
}
