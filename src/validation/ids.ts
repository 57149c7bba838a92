import { childrenNamed } from './children.ts'
import { shownValue } from './finding.ts'
import { type Check, findingAt } from './spot.ts'

/** Contained resources of one id: what refers to it could mean either (http://hl7.org/fhir/R4/references.html#contained). */
export const checkContainedIds: Check = (spot, run) => {
  const seen = new Set<unknown>()
  for (const inner of childrenNamed(spot, 'contained')) {
    const [id] = childrenNamed(inner, 'id')
    if (id === undefined) continue
    if (seen.has(id.value)) {
      run.report(
        findingAt(id, 'contained-id-twice', 'value', 'No two contained resources may have the same id.', {
          value: shownValue(id.value),
          expected: 'an id of its own',
          hint: 'Give each its own id, and let references name the one that is meant.',
        }),
      )
    }
    seen.add(id.value)
  }
}
