import { childOrSelf } from '../children.ts'
import { isCanonicalResource } from '../extensions/context.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { isAbsolute } from '../references/references.ts'
import { type Check, findingAt } from '../spot.ts'

/** What defines something is named by an absolute address, wherever it is read (http://hl7.org/fhir/R4/references.html#canonical). */
export const checkOwnAddress: Check = (spot, run) => {
  const { url } = spot.value as Node
  if (typeof url !== 'string' || isAbsolute(url) || !isCanonicalResource(spot.type)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'url'),
      'url-not-absolute',
      'invalid',
      'The address of a definition is absolute, so that it names the same everywhere.',
      {
        value: shownValue(url),
        expected: 'an absolute URI, such as https://… or urn:oid:…',
        hint: 'Give it the whole address under which it is, or will be, published.',
      },
    ),
  )
}
