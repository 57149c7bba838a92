/** What is asked of values of a type beyond what its definition says, and no constraint can say. */
import { childOrSelf } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { urnFault } from '../references/addresses.ts'
import { isAbsolute } from '../references/references.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

/** The system of identifiers that are addresses themselves (http://hl7.org/fhir/R4/datatypes.html#Identifier). */
const URIS = 'urn:ietf:rfc:3986'

/** The system of a Coding, an Identifier or an include of a ValueSet is an address, which means the same wherever it is read (http://hl7.org/fhir/R4/datatypes.html#Coding). */
export const checkSystem = (spot: Spot, run: Run): void => {
  const { system } = spot.value as Node
  if (typeof system !== 'string' || isAbsolute(system)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'system'),
      'system-not-absolute',
      'invalid',
      'A system is an absolute address, not a name or a path.',
      {
        value: shownValue(system),
        expected: 'an absolute URI, such as https://…, urn:oid:… or urn:uuid:…',
        hint: 'Name the system by its published address.',
      },
    ),
  )
}

/** Where its system says that an identifier is an address, its value is a whole one (http://hl7.org/fhir/R4/datatypes.html#Identifier). */
export const checkIdentifier: Check = (spot, run) => {
  checkSystem(spot, run)
  const { system, value } = spot.value as Node
  if (system !== URIS || typeof value !== 'string') return
  const at = childOrSelf(spot, 'value')
  if (isAbsolute(value)) {
    const fault = urnFault(value)
    if (fault !== undefined)
      run.report(findingAt(at, fault.key, 'value', fault.text, { ...fault, severity: 'warning' }))
    return
  }
  run.report(
    findingAt(at, 'identifier-not-uri', 'invalid', `An identifier of the system ${URIS} is an absolute URI.`, {
      value: shownValue(value),
      expected: 'an absolute URI, such as urn:oid:1.2.3 or urn:uuid:…',
      hint: 'Write the whole URI, or name the system that the value is from.',
    }),
  )
}
