import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { type Check, findingAt } from '../spot.ts'

/** The id of an element has no spaces in it (http://hl7.org/fhir/R4/element.html#id). */
export const checkElementId: Check = (id, run) => {
  if (typeof id.value !== 'string' || !/\s/.test(id.value)) return
  run.report(
    findingAt(id, 'element-id-spaces', 'value', 'The id of an element has no spaces in it.', {
      value: shownValue(id.value),
      expected: 'a text without spaces',
      hint: 'Leave the spaces out, here and in what refers to it.',
    }),
  )
}

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
