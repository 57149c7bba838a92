/** Languages as BCP 47 names them (http://hl7.org/fhir/R4/valueset-all-languages.html). */
import type { ElementDefinition } from 'fhir/r4.js'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { unknownSubtag } from '../values/language.ts'

export const BCP_47 = 'urn:ietf:bcp:47'

const LANGUAGES = /^http:\/\/hl7\.org\/fhir\/ValueSet\/(?:all-)?languages(?:\||$)/

/** True for a code that is a language by what it is bound to. */
export const isLanguageCode = ({ binding }: ElementDefinition, type: string): boolean =>
  type === 'code' && LANGUAGES.test(binding?.valueSet ?? '')

/** Warns of a tag whose language or region is none: whoever reads it cannot choose by it. */
export const checkTag = (at: Spot, tag: string, run: Run): void => {
  const unknown = unknownSubtag(tag)
  if (unknown === undefined) return
  run.report(
    findingAt(at, 'language-unknown', 'code-invalid', `BCP 47 has no language or region "${unknown}".`, {
      severity: 'warning',
      value: shownValue(tag),
      expected: 'a language of ISO 639 with, where it matters, a region of ISO 3166, such as en-GB',
      hint:
        unknown.toUpperCase() === 'UK' ? 'The region of the United Kingdom is GB.' : 'Check the spelling of the tag.',
    }),
  )
}

export const checkLanguage: Check = (spot, run) => {
  if (typeof spot.value === 'string') checkTag(spot, spot.value, run)
}
