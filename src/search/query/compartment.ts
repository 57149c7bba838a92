import { PATIENT_COMPARTMENT } from '../../definitions/compartment.ts'
import type { Condition } from './query.ts'
import { type Reading, requireBuilt } from './reading.ts'

/** What makes a resource of a type part of a person's compartment. Throws `bad-request` while one of its parameters is building. */
export const inCompartment = (reading: Reading, type: string, patient: string): Condition => {
  const parameters = PATIENT_COMPARTMENT[type] ?? []
  for (const parameter of parameters) requireBuilt(reading, type, parameter)
  const refers: Condition = { on: 'reference', parameters, alternatives: [{ type: 'Patient', id: patient }] }
  return type === 'Patient' ? { on: 'any', of: [{ on: 'id', ids: [patient] }, refers] } : refers
}
