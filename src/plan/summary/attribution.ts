import { shownDay } from './dates.ts'
import { sentence } from './plain-text.ts'

/** When and by whom, in words: each item of a narrative ends with one of these. What is not recorded is said to be so. */

const day = (on: string | undefined): string => shownDay(on) ?? 'on a date that is not recorded'

/** "Decided 3 March 2026 by Dr A Example (GMC 1234567)." */
export const decidedText = (on: string | undefined, by: string | undefined): string =>
  sentence(`Decided ${day(on)} by ${by ?? 'someone who is not recorded'}`)

/** "Recorded 3 March 2026 by Dr A Example (GMC 1234567)." */
export const recordedText = (on: string | undefined, by: string | undefined): string =>
  sentence(`Recorded ${day(on)} by ${by ?? 'someone who is not recorded'}`)

/** "Said by the person, 3 March 2026." */
export const saidText = (by: string | undefined, on: string | undefined): string =>
  sentence(`Said by ${by ?? 'someone who is not recorded'}, ${day(on)}`)
