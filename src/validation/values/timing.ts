import { childOrSelf } from '../children.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt } from '../spot.ts'

const RANGES = ['count', 'duration', 'frequency', 'period'] as const

/** What may be a range in a Timing ends no lower than it begins (http://hl7.org/fhir/R4/datatypes-definitions.html#Timing.repeat.countMax). */
export const checkRepeat: Check = (spot, run) => {
  const repeat = spot.value as Node
  for (const name of RANGES) {
    const { [name]: least, [`${name}Max`]: most } = repeat
    if (typeof least !== 'number' || typeof most !== 'number' || least <= most) continue
    run.report(
      findingAt(
        childOrSelf(spot, `${name}Max`),
        'timing-range',
        'value',
        `The range that ${name} begins ends with ${name}Max, which is less.`,
        {
          severity: 'warning',
          value: String(most),
          expected: `${least} or more`,
          hint: 'Put the two in order.',
        },
      ),
    )
  }
}
