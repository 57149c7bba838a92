import type { Identifier } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../fhir/identifier.ts'

/** How the professional registers number their members: GMC and GPhC seven digits, NMC a PIN, HCPC the letters of a profession and digits. */
const FORMAT: Readonly<Record<string, Readonly<{ register: string; pattern: RegExp; format: string }>>> = {
  [IDENTIFIER_SYSTEM.gmc]: { register: 'GMC', pattern: /^\d{7}$/, format: 'seven digits' },
  [IDENTIFIER_SYSTEM.nmc]: {
    register: 'NMC',
    pattern: /^\d{2}[A-Z]\d{4}[A-Z]$/,
    format: 'two digits, a letter, four digits, a letter, such as 99A0000B',
  },
  [IDENTIFIER_SYSTEM.hcpc]: {
    register: 'HCPC',
    pattern: /^[A-Z]{2}\d{4,6}$/,
    format: 'two letters and four to six digits, such as PA99999',
  },
  [IDENTIFIER_SYSTEM.gphc]: { register: 'GPhC', pattern: /^\d{7}$/, format: 'seven digits' },
}

/** How a registration number must look, in words; undefined where it looks right, or its register is none of the four. */
export const registrationFault = ({ system, value }: Identifier): string | undefined => {
  const known = FORMAT[system ?? '']
  return known === undefined || known.pattern.test(value ?? '')
    ? undefined
    : `A ${known.register} number is ${known.format}.`
}
