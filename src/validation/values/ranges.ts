import { textIn } from '../codes/said.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt } from '../spot.ts'

/** Both ends of a Range are in one unit (http://hl7.org/fhir/R4/datatypes.html#Range); how it is written out may differ: 1 day to 3 days. */
export const checkRange: Check = (spot, run) => {
  const { low, high } = spot.value as Node
  const [lowCode, highCode] = [textIn(low, 'code'), textIn(high, 'code')]
  if (lowCode === undefined || highCode === undefined) return
  if (lowCode === highCode && textIn(low, 'system') === textIn(high, 'system')) return
  run.report(
    findingAt(spot, 'range-units', 'invalid', 'The two ends of the range are in different units.', {
      value: `${shownValue(lowCode)} and ${shownValue(highCode)}`,
      expected: 'the same system and code in low and high',
      hint: 'Give both ends in one unit.',
    }),
  )
}
