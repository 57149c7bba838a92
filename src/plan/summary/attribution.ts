import { shownDay } from './dates.ts'
import { sentence } from './plain-text.ts'

/** When and by whom, in words: each item of a narrative ends with one of these. What is not recorded is said to be so. */
const attributed = (verb: string, on: string | undefined, by: string | undefined): string => {
  const day = shownDay(on) ?? 'on a date that is not recorded'
  return sentence(by === undefined ? `${verb} ${day}; by whom is not recorded` : `${verb} ${day} by ${by}`)
}

/** "Decided 3 March 2026 by Dr A Example (GMC 1234567)." */
export const decidedText = (on: string | undefined, by: string | undefined): string => attributed('Decided', on, by)

/** "Recorded 3 March 2026 by Dr A Example (GMC 1234567)." */
export const recordedText = (on: string | undefined, by: string | undefined): string => attributed('Recorded', on, by)

/** "Said 3 March 2026 by the person." */
export const saidText = (on: string | undefined, by: string | undefined): string => attributed('Said', on, by)

/** "Signed 3 March 2026 by ….", "Reviewed and confirmed …", whatever was done. */
export const actText = attributed
