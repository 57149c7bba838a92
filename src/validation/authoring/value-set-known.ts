import { shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'

/** Warns of a value set that a definition names and that is not known: nothing could be checked by it. A contained one is told with references. */
export const checkValueSetKnown = (spot: Spot, run: Run): void => {
  const address = String(spot.value)
  if (address.startsWith('#') || run.definitions.valueSet(address) !== undefined) return
  run.report(
    findingAt(
      spot,
      'value-set-unknown',
      'not-found',
      'This value set is not known here, so nothing was checked by it.',
      {
        severity: 'warning',
        value: shownValue(address),
        expected: 'the address of a value set that is loaded',
        hint: 'Load the package that defines it, or check the address.',
      },
    ),
  )
}
