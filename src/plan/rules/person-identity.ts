import type { Identifier, Patient } from 'fhir/r4.js'
import { PERSON_SYSTEMS } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import type { RecordRule } from './rule.ts'

const numbersOf = (patient: Patient, isWanted: (identifier: Identifier) => boolean): ReadonlySet<string> =>
  new Set(
    (patient.identifier ?? [])
      .filter((identifier) => PERSON_SYSTEMS.includes(identifier.system ?? '') && isWanted(identifier))
      .map(({ system, value }) => `${system}|${value?.trim()}`),
  )

const currentNumbers = (patient: Patient) => numbersOf(patient, ({ use }) => use !== 'old')

const refused = (path: string, patient: Patient, text: string): Issue =>
  issue('person-identity', at(patient, path), text, { code: 'conflict' })

const checkNumbers = (earlier: Patient, patient: Patient): Issue[] => {
  const [before, now] = [currentNumbers(earlier), currentNumbers(patient)]
  const old = numbersOf(patient, ({ use }) => use === 'old')
  const lost = [...before].filter((number) => !now.has(number))
  if (lost.length === 0) return []
  if (lost.some((number) => !old.has(number))) {
    return [
      refused(
        'identifier',
        patient,
        'A CHI, NHS or H&C number by which this person is known would vanish or change, and the record would be another person’s. Keep it; where the person was given a new number, add that, and mark the earlier one with use "old".',
      ),
    ]
  }
  if (lost.length < before.size) return []
  return [
    refused(
      'identifier',
      patient,
      'No number by which this person is known would stay, so nothing would tell that it is the same person. Add the new number first, beside the present one; then mark the earlier one with use "old".',
    ),
  ]
}

/** A date that says the same, only more of it: 1941 becomes 1941-03-12. */
const isMorePrecise = (earlier: string, later: string | undefined): boolean => later?.startsWith(earlier) === true

const checkBirthDate = (earlier: Patient, patient: Patient): Issue[] => {
  if (earlier.birthDate === undefined || isMorePrecise(earlier.birthDate, patient.birthDate)) return []
  const [before, now] = [currentNumbers(earlier), currentNumbers(patient)]
  if (before.size !== now.size || [...before].some((number) => !now.has(number))) {
    return [
      refused(
        'birthDate',
        patient,
        'The date of birth and a number would change at once, and the record could become another person’s. Change one of them, make sure that it is the right person, then change the other.',
      ),
    ]
  }
  return [
    issue(
      'person-identity',
      at(patient, 'birthDate'),
      'The date of birth has changed. Make sure that this is the right person: compare number, name and address with a source.',
      { severity: 'warning' },
    ),
  ]
}

/** A Patient whose identity is exchanged takes the plans of the first person with it: the wrong treatment for the second (hazard: wrong person). */
export const personIdentity: RecordRule = {
  key: 'person-identity',
  title: 'An update of a Patient does not make another person of them',
  severity: 'error',
  source: 'Domain model section 8, wrong person',
  check: ({ patient }, { before }) =>
    before === undefined ? [] : [...checkNumbers(before.patient, patient), ...checkBirthDate(before.patient, patient)],
}
