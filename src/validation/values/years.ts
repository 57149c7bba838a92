import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt } from '../spot.ts'

const FIRST_YEAR = 1800
/** Plans are made for decades ahead, not for more. */
const YEARS_AHEAD = 80

/** True for a date that lies so far away that it may be a slip; the year stands first in all that are dates. */
export const isOfOtherTimes = (date: unknown): boolean =>
  typeof date === 'string' && (date < String(FIRST_YEAR) || date >= '2050')

/** A date that is centuries away is more often mistyped than meant. */
export const checkYear: Check = (spot, { now, report }) => {
  const year = Number(String(spot.value).slice(0, 4))
  const last = now === undefined ? Number.POSITIVE_INFINITY : now.getUTCFullYear() + YEARS_AHEAD
  if (!(year < FIRST_YEAR || year > last)) return
  report(
    findingAt(spot, 'date-far-away', 'value', 'This date is so far away that it may be mistyped.', {
      severity: 'warning',
      value: shownValue(spot.value),
      expected: `a year from ${FIRST_YEAR} on, at most ${YEARS_AHEAD} years ahead`,
      hint: 'Check the year.',
    }),
  )
}
