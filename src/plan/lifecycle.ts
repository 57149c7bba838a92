import type { CarePlan } from 'fhir/r4.js'
import type { FhirResource } from '../fhir/resource.ts'
import { EXTENSION, type StateReason, SYSTEM } from './codes.ts'
import { inUse, membersOf } from './members.ts'
import type { PersonRecord } from './person.ts'

/** The status of a plan that ended for a reason (model.md section 1). */
export const STATUS_BY_REASON: Readonly<Record<StateReason, 'revoked' | 'completed' | 'entered-in-error'>> = {
  superseded: 'revoked',
  withdrawn: 'revoked',
  'person-died': 'completed',
  'entered-in-error': 'entered-in-error',
}

type Retirement = Readonly<{
  element: string
  /** Value once the plan has ended; undefined where the resource says something that stays true without the plan. */
  ended?: string
  /** Value where the plan should never have been. */
  error: string | boolean
  /** Values of what had ended by itself before the plan did: they stay. */
  over?: readonly string[]
}>

/** How each type says that it no longer holds. A type that is not here stays as it is. */
export const RETIREMENT: Readonly<Record<string, Retirement>> = {
  Consent: { element: 'status', ended: 'inactive', error: 'entered-in-error', over: ['rejected', 'entered-in-error'] },
  Goal: {
    element: 'lifecycleStatus',
    ended: 'cancelled',
    error: 'entered-in-error',
    over: ['completed', 'rejected', 'entered-in-error'],
  },
  CareTeam: { element: 'status', ended: 'inactive', error: 'entered-in-error', over: ['entered-in-error'] },
  Flag: { element: 'status', ended: 'inactive', error: 'entered-in-error', over: ['entered-in-error'] },
  Observation: { element: 'status', error: 'entered-in-error' },
  MedicationRequest: { element: 'status', error: 'entered-in-error' },
  QuestionnaireResponse: { element: 'status', error: 'entered-in-error' },
  RelatedPerson: { element: 'active', error: false },
}

const retire = (resource: FhirResource, code: StateReason): FhirResource[] => {
  const { element, ended, error, over } = RETIREMENT[resource.resourceType] ?? {}
  if (element === undefined) return []
  const current = (resource as unknown as Record<string, unknown>)[element]
  const value = code === 'entered-in-error' ? error : over?.includes(String(current)) ? current : ended
  return value === undefined || value === current ? [] : [{ ...resource, [element]: value } as FhirResource]
}

/**
 * What is to be written to end a plan: the plan with its new status, state reason and `period.end`, then what it is made of, retired:
 * Consents inactive, Goals cancelled; entered-in-error wherever the plan was. What another active plan in `person` is made of too stays
 * as it is, and so do sharing decisions, which are not part of a plan, and what had ended before.
 * Signatures stay: they tell what was signed. Inputs are not changed.
 */
export const endPlan = (
  person: PersonRecord,
  plan: CarePlan,
  reason: Readonly<{ code: StateReason; text: string; now: Date }>,
): FhirResource[] => {
  const { code, text, now } = reason
  const ended: CarePlan = {
    ...plan,
    status: STATUS_BY_REASON[code],
    period: { ...plan.period, end: now.toISOString() },
    extension: [
      ...(plan.extension ?? []).filter(({ url }) => url !== EXTENSION.stateReason),
      { url: EXTENSION.stateReason, valueCodeableConcept: { coding: [{ system: SYSTEM.stateReason, code }], text } },
    ],
  }
  const shared = inUse(person, plan)
  const retired = [...membersOf(person, plan)].flatMap(([key, resource]) =>
    shared.has(key) ? [] : retire(resource, code),
  )
  return [ended, ...retired]
}
