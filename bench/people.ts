import { readFileSync } from 'node:fs'
import type { Bundle, FhirResource, Patient, QuestionnaireResponse } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../src/fhir/identifier.ts'
import { hasCheckDigit } from '../src/plan/identifiers.ts'

const MARGARET = new URL('../fixtures/people/margaret.json', import.meta.url)

const resources = ((JSON.parse(readFileSync(MARGARET, 'utf8')) as Bundle<FhirResource>).entry ?? []).flatMap(
  ({ resource }) => resource ?? [],
)

const conversation = (questionnaire: string): QuestionnaireResponse => {
  const found = resources.find(
    (resource): resource is QuestionnaireResponse =>
      resource.resourceType === 'QuestionnaireResponse' && resource.questionnaire?.endsWith(questionnaire) === true,
  )
  if (found === undefined) throw new Error(`fixtures/people/margaret.json has no ${questionnaire} conversation.`)
  return found
}

export const WHAT_MATTERS = conversation('what-matters-to-me')
export const RESPECT = conversation('respect-v3')

export const PERSON = resources.find((resource): resource is Patient => resource.resourceType === 'Patient') as Patient
const FIRST_BIRTHDAY = Date.UTC(1930, 0, 1)
const DAYS = 5_000
const DAY = 86_400_000

/** The CHI number of the given birth date (YYYY-MM-DD) and serial; undefined for a serial that no check digit fits. */
const chiNumber = (birthDate: string, serial: number): string | undefined => {
  const [year = '', month = '', day = ''] = birthDate.split('-')
  const digits = `${day}${month}${year.slice(2)}${String(serial).padStart(3, '0')}`
  return Array.from({ length: 10 }, (_, check) => `${digits}${check}`).find(hasCheckDigit)
}

/**
 * One more synthetic woman like the one in fixtures/people/margaret.json, with a birth date and a CHI number of her own at each call; 2 million
 * of them at most.
 */
export const nextPerson = (() => {
  let count = 0
  return (): Readonly<{ patient: Patient; chi: string }> => {
    for (;;) {
      const birthDate = new Date(FIRST_BIRTHDAY + (count % DAYS) * DAY).toISOString().slice(0, 10)
      // Women have an even ninth digit.
      const serial = 2 * Math.floor(count / DAYS)
      count += 1
      if (serial > 998) throw new Error('There are no more synthetic people.')
      const chi = chiNumber(birthDate, serial)
      if (chi === undefined) continue
      return { chi, patient: { ...PERSON, birthDate, identifier: [{ system: IDENTIFIER_SYSTEM.chi, value: chi }] } }
    }
  }
})()
