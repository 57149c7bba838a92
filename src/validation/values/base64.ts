import { type Check, findingAt } from '../spot.ts'

export const hasSpaces = (value: unknown): boolean => typeof value === 'string' && /\s/.test(value)

/** Base64 is read with spaces in it, and better written without (http://hl7.org/fhir/R4/datatypes.html#base64Binary). */
export const checkSpaces: Check = (spot, run) => {
  if (!hasSpaces(spot.value)) return
  run.report(
    findingAt(spot, 'base64-spaces', 'value', 'Base64 is written without spaces: not every reader passes over them.', {
      severity: 'warning',
      expected: 'letters, digits, +, / and = alone',
      hint: 'Leave spaces and line breaks out.',
    }),
  )
}
