import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt } from '../spot.ts'

const SPACE = 32

/** True for a text with a space, a line break or the like at one of its ends. */
export const hasLooseEnds = (value: unknown): boolean =>
  typeof value === 'string' &&
  value !== '' &&
  (value.charCodeAt(0) <= SPACE || value.charCodeAt(value.length - 1) <= SPACE)

/** Spaces at the ends of a text are seen by nobody, and make it another one (http://hl7.org/fhir/R4/datatypes.html#string). */
export const checkEnds: Check = (spot, run) => {
  if (!hasLooseEnds(spot.value)) return
  run.report(
    findingAt(spot, 'string-spaces', 'value', 'This text begins or ends with a space or a line break.', {
      severity: 'warning',
      value: shownValue(spot.value),
      expected: 'a text without spaces at its ends',
      hint: 'Leave them out: nobody sees them, and what is compared with the text differs from it.',
    }),
  )
}
