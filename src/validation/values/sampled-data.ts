import { childOrSelf } from '../children.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt } from '../spot.ts'

/** Decimals, or what stands in place of one: an error, above or below what can be measured. */
const POINT = /^(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|[EUL])$/

/** A series of points with a space between any two, as many at each time as it has dimensions (http://hl7.org/fhir/R4/datatypes-definitions.html#SampledData.data). */
export const checkSampledData: Check = (spot, run) => {
  const { data, dimensions } = spot.value as Node
  if (typeof data !== 'string') return
  const points = data.split(' ')
  const wrong = points.findIndex((point) => !POINT.test(point))
  if (wrong >= 0) {
    run.report(
      findingAt(
        childOrSelf(spot, 'data'),
        'sampled-data',
        'value',
        `The point ${wrong + 1} of the data is no number.`,
        {
          expected: 'decimals, E, U or L, with one space between any two',
          hint: 'Write each point as a decimal, or as E for an error, U for above and L for below what can be measured.',
        },
      ),
    )
    return
  }
  if (typeof dimensions !== 'number' || dimensions < 1 || points.length % dimensions === 0) return
  run.report(
    findingAt(
      childOrSelf(spot, 'data'),
      'sampled-data-dimensions',
      'value',
      `There are ${points.length} points, which are not ${dimensions} at each time.`,
      {
        severity: 'warning',
        expected: `a multiple of ${dimensions}`,
        hint: 'Check the number of dimensions, and that the data is whole.',
      },
    ),
  )
}
