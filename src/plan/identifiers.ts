import type { Identifier, Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM, PERSON_SYSTEMS } from '../fhir/identifier.ts'
import { type Issue, issue } from '../fhir/outcome.ts'

/** Whether ten digits carry the check digit of the weighted modulus-11 sum that CHI, NHS and H&C numbers share: weights 10 to 2, and a check of 10 is never issued. */
export const hasCheckDigit = (number: string): boolean => {
  if (!/^\d{10}$/.test(number)) return false
  const sum = [...number.slice(0, 9)].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0)
  return (11 - (sum % 11)) % 11 === Number(number[9])
}

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

/** Whether DDMMYY is a day of the calendar; the century is unknown, so 29 February passes if it exists in 19YY or 20YY. */
const isRealDay = (digits: string): boolean => {
  const [day, month, year] = [digits.slice(0, 2), digits.slice(2, 4), digits.slice(4, 6)].map(Number) as [
    number,
    number,
    number,
  ]
  const february = isLeapYear(1900 + year) || isLeapYear(2000 + year) ? 29 : 28
  const days = [31, february, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  return days !== undefined && day >= 1 && day <= days
}

type Scheme = Readonly<{
  name: string
  inRange: (number: string) => boolean
  range: string
}>

/** The number ranges that are issued; 999 is kept for NHS numbers of tests. */
const SCHEMES: Readonly<Record<string, Scheme>> = {
  [IDENTIFIER_SYSTEM.chi]: {
    name: 'CHI number',
    inRange: (number) => isRealDay(number.slice(0, 6)),
    range: 'the first six digits are a date of birth, DDMMYY',
  },
  [IDENTIFIER_SYSTEM.nhsNumber]: {
    name: 'NHS number',
    inRange: (number) => /^(?:4|6|7|999)/.test(number),
    range: 'it begins with 4, 6 or 7 (999 for tests)',
  },
  [IDENTIFIER_SYSTEM.hcNumber]: {
    name: 'H&C number',
    inRange: (number) => /^3[2-9]/.test(number),
    range: 'it begins with 32 to 39',
  },
}

const checkNumber = (identifier: Identifier, scheme: Scheme, expression: string): Issue[] => {
  const number = identifier.value ?? ''
  if (!/^\d{10}$/.test(number)) {
    return [
      issue('identifier-format', expression, `A ${scheme.name} is ten digits without spaces. Send the digits only.`, {
        code: 'value',
      }),
    ]
  }
  const issues: Issue[] = []
  if (!hasCheckDigit(number)) {
    issues.push(
      issue(
        'identifier-check-digit',
        expression,
        `The last digit of the ${scheme.name} is not its check digit (modulus 11, weights 10 to 2). Compare the number with its source: a digit is wrong or two have changed places.`,
        { code: 'value' },
      ),
    )
  }
  if (!scheme.inRange(number)) {
    issues.push(
      issue(
        'identifier-range',
        expression,
        `No ${scheme.name} like this is issued: ${scheme.range}. Check the number and its system.`,
        { code: 'value' },
      ),
    )
  }
  return issues
}

/**
 * What is wrong with one number by which a person is asked for: its system is none of those that name persons
 * (`identifier-system`), or the number cannot be right (as in `checkPersonIdentifiers`). The text never holds the number.
 */
export const checkPersonIdentifier = (identifier: Identifier, expression: string): Issue[] => {
  const scheme = SCHEMES[identifier.system ?? '']
  return scheme === undefined
    ? [
        issue(
          'identifier-system',
          `${expression}.system`,
          `People are asked for by CHI, NHS or H&C number. Use one of these systems: ${PERSON_SYSTEMS.join(', ')}.`,
          { code: 'value' },
        ),
      ]
    : checkNumber(identifier, scheme, `${expression}.value`)
}

/** Whether the birth digits of a CHI number agree with a birth date, as far as the birth date is known (YYYY, YYYY-MM, YYYY-MM-DD). */
const agreesWithBirthDate = (chi: string, birthDate: string): boolean => {
  const [year, month, day] = birthDate.split('-')
  return (
    chi.slice(4, 6) === year?.slice(2, 4) &&
    (month === undefined || chi.slice(2, 4) === month) &&
    (day === undefined || chi.slice(0, 2) === day)
  )
}

/** Identifiers in `use` old are history: they do not name the person now, but their digits must still be right. */
const isCurrent = (identifier: Identifier): boolean => identifier.use !== 'old'

/**
 * What is wrong with the numbers that name a person. Errors: no CHI, NHS or H&C number (`identifier-missing`), not ten digits
 * (`identifier-format`), a wrong check digit (`identifier-check-digit`), a number that is never issued (`identifier-range`), two
 * current numbers of one system (`identifier-repeated`). Warning: CHI birth digits that disagree with the date of birth
 * (`identifier-birth-date`). The text never holds the number. Source: NHS Data Dictionary (modulus 11), reference 3.5.
 */
export const checkPersonIdentifiers = (patient: Patient): Issue[] => {
  const issues: Issue[] = []
  const identifiers = patient.identifier ?? []
  const current = identifiers.filter(
    (identifier) => PERSON_SYSTEMS.includes(identifier.system ?? '') && isCurrent(identifier),
  )
  if (current.length === 0) {
    issues.push(
      issue(
        'identifier-missing',
        'Patient.identifier',
        `A person needs a CHI number, an NHS number or an H&C number. Add an identifier with one of these systems: ${PERSON_SYSTEMS.join(', ')}.`,
        { code: 'required' },
      ),
    )
  }
  identifiers.forEach((identifier, index) => {
    const scheme = SCHEMES[identifier.system ?? '']
    if (scheme === undefined) return
    const expression = `Patient.identifier[${index}].value`
    issues.push(...checkNumber(identifier, scheme, expression))
    const first = current.find((other) => other.system === identifier.system)
    if (isCurrent(identifier) && first !== undefined && first.value !== identifier.value) {
      issues.push(
        issue(
          'identifier-repeated',
          expression,
          `The person has two current ${scheme.name}s, and one of them may be another person's. Keep one, or mark the earlier one with use "old".`,
          { code: 'value' },
        ),
      )
    }
    if (
      identifier.system === IDENTIFIER_SYSTEM.chi &&
      isCurrent(identifier) &&
      patient.birthDate !== undefined &&
      hasCheckDigit(identifier.value ?? '') &&
      !agreesWithBirthDate(identifier.value ?? '', patient.birthDate)
    ) {
      issues.push(
        issue(
          'identifier-birth-date',
          expression,
          'The first six digits of the CHI number are not the date of birth (DDMMYY). Both can be right, but make sure that this is the right person.',
          { severity: 'warning', code: 'value' },
        ),
      )
    }
  })
  return issues
}
