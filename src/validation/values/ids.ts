import { rememberFor } from '../../definitions/terminology/value-set.ts'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run } from '../spot.ts'

/** The elements of each resource by their ids, as far as one validation has met them. */
const met = rememberFor((_: Run) => rememberFor((_: object) => new Map<string, unknown>()))

/** No two elements of a resource have the same id; those of the definitions in a StructureDefinition have a rule of their own (sdf-16, sdf-17). */
const checkOnce: Check = (id, run) => {
  const { parent, resource, value } = id
  if (parent === undefined || parent.type === 'ElementDefinition') return
  const seen = met(run)(resource.value as Node)
  const other = seen.get(value as string)
  const own = parent.companion ?? parent.value
  if (other === undefined) seen.set(value as string, own)
  if (other === undefined || other === own) return
  run.report(
    findingAt(id, 'element-id-twice', 'value', 'Another element of this resource has the same id.', {
      value: shownValue(value),
      expected: 'an id of its own',
      hint: 'Give each its own id, and let references name the one that is meant.',
    }),
  )
}

/** The id of an element has no spaces in it, and is its own (http://hl7.org/fhir/R4/element.html#id). */
export const checkElementId: Check = (id, run) => {
  if (typeof id.value !== 'string') return
  checkOnce(id, run)
  if (!/\s/.test(id.value)) return
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
