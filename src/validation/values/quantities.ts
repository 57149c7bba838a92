import { dimensionOf } from '../../fhir/fhirpath/quantity.ts'
import { childOrSelf } from '../children.ts'
import { UCUM } from '../codes/code-forms.ts'
import { checkQuantity } from '../codes/coding.ts'
import type { EngineCheck } from '../engine.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { findingAt } from '../spot.ts'

/** The unit of a type of quantity that is of one dimension only, such as an age (age-1, drt-1 and dis-1 in words, http://hl7.org/fhir/R4/datatypes.html#quantity). */
export const measuring =
  (what: 'time' | 'length', dimensions: readonly string[]): EngineCheck =>
  (spot, engine) => {
    checkQuantity(spot, engine)
    const { system, code } = spot.value as Node
    const dimension = system === UCUM && typeof code === 'string' ? dimensionOf(code) : undefined
    if (dimension === undefined || dimensions.includes(dimension)) return
    engine.report(
      findingAt(
        childOrSelf(spot, 'code'),
        'unit-dimension',
        'code-invalid',
        `The unit of this ${spot.type} is none of ${what}.`,
        {
          value: shownValue(code),
          expected: `a unit of ${what}`,
          hint: 'Check the unit, or use Quantity.',
        },
      ),
    )
  }
