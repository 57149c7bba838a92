/** Code systems whose codes are made by a grammar, or are listed elsewhere than in FHIR (http://hl7.org/fhir/R4/terminologies-systems.html). */
import { isUcumCode } from '../../fhir/ucum/code.ts'
import { CURRENCIES } from './currencies.ts'
import { BCP_47 } from './languages.ts'

export const UCUM = 'http://unitsofmeasure.org'

const matching =
  (form: RegExp) =>
  (code: string): boolean =>
    form.test(code)

const FORMS: ReadonlyMap<string, (code: string) => boolean> = new Map([
  // FHIR's own short names of its formats are taken besides (http://hl7.org/fhir/R4/http.html#mime-type).
  ['urn:ietf:bcp:13', matching(/^(?:xml|json|ttl|[\w.!#$&^+-]{1,127}\/[\w.!#$&^+*-]{1,127}(?:\s*;.*)?)$/)],
  [BCP_47, matching(/^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/)],
  ['urn:iso:std:iso:4217', (code) => CURRENCIES.has(code)],
  [UCUM, isUcumCode],
])

/** Whether a code has the form of those of its system: what has not is none of them. Undefined for a system without a grammar. */
export const hasForm = (system: string, code: string): boolean | undefined => FORMS.get(system)?.(code)
