import type { Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../../src/fhir/identifier.ts'
import { EXTENSION } from '../../../src/plan/codes.ts'
import { hasCheckDigit } from '../../../src/plan/identifiers.ts'

/** Synthetic numbers with right check digits, each once: NHS numbers from the range for tests, CHI numbers that fit the date of birth. */
export const createNumbers = () => {
  let serial = 0
  const next = (make: (serial: number) => string): string => {
    for (;;) {
      serial += 1
      const first = make(serial)
      const check = [...Array(10).keys()].find((digit) => hasCheckDigit(`${first}${digit}`))
      if (check !== undefined) return `${first}${check}`
    }
  }
  const chi = ({ birthDate = '1941-03-12', gender }: Patient): string => {
    const [, , year = '', month = '01', day = '01'] = /^(\d\d)(\d\d)-?(\d\d)?-?(\d\d)?/.exec(birthDate) ?? []
    return next((count) => {
      const [tens, last] = [Math.floor(count / 5) % 100, (count % 5) * 2 + (gender === 'male' ? 1 : 0)]
      return `${day}${month}${year}${String(tens).padStart(2, '0')}${last}`
    })
  }
  return (patient: Patient): Patient['identifier'] => {
    const nation = patient.extension?.find(({ url }) => url === EXTENSION.jurisdiction)?.valueCoding?.code
    if (nation === 'GB-SCT') return [{ system: IDENTIFIER_SYSTEM.chi, value: chi(patient) }]
    return nation === 'GB-NIR'
      ? [{ system: IDENTIFIER_SYSTEM.hcNumber, value: next((count) => `38${String(count).padStart(7, '0')}`) }]
      : [{ system: IDENTIFIER_SYSTEM.nhsNumber, value: next((count) => `999${String(count).padStart(6, '0')}`) }]
  }
}
