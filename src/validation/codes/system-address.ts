/** Addresses that are taken for those of code systems and are none (http://hl7.org/fhir/R4/terminologies-systems.html). */
import { UCUM } from './code-forms.ts'

/** Systems whose editions stand in `version`, and what follows their address makes another one. */
const WITHOUT_TAIL = [
  'http://snomed.info/sct',
  'http://loinc.org',
  UCUM,
  'http://www.nlm.nih.gov/research/umls/rxnorm',
] as const

const SECURE = /^https:/
const PAGE = /^https?:\/\/(?:www\.)?hl7\.org\/fhir\/.*\.html$/
const BUILD = /^https?:\/\/build\.fhir\.org(?:\/|$)/
/** What R4 itself has, as against guides, other versions and systems of others (`us/…`, `5.0/…`, `sid/…`, and `ndfrt`, of which R4 has the address alone). */
const OF_CORE = /^http:\/\/hl7\.org\/fhir\/(?!ndfrt$)(?:CodeSystem\/|ValueSet\/)?[^/]+$/

export type AddressFault = Readonly<{ text: string; expected: string }>

/** What is wrong with the address of a system that is not known; undefined where it may be one. `isKnown` tells of another address whether it is. */
export const addressFault = (system: string, isKnown: (url: string) => boolean): AddressFault | undefined => {
  const plain = system.replace(SECURE, 'http:')
  if (plain !== system && (isKnown(plain) || WITHOUT_TAIL.some((one) => one === plain)))
    return { text: 'The address of this system begins with http:, which is part of its name.', expected: plain }
  const whole = WITHOUT_TAIL.find((one) => system.startsWith(one) && system !== one)
  if (whole !== undefined)
    return { text: 'The address of this system ends earlier; an edition of it stands in version.', expected: whole }
  if (PAGE.test(system) || BUILD.test(system))
    return { text: 'This is the address of a page about a code system.', expected: 'the url of the code system' }
  if (OF_CORE.test(system))
    return { text: 'R4 has no code system of this address.', expected: 'the url of a code system, as R4 has it' }
  return undefined
}
