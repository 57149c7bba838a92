/** What is asked of values of a type beyond what its definition says, and no constraint can say. */
import { childOrSelf } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
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
  if (system !== URIS || typeof value !== 'string' || isAbsolute(value)) return
  run.report(
    findingAt(
      childOrSelf(spot, 'value'),
      'identifier-not-uri',
      'invalid',
      `An identifier of the system ${URIS} is an absolute URI.`,
      {
        value: shownValue(value),
        expected: 'an absolute URI, such as urn:oid:1.2.3 or urn:uuid:…',
        hint: 'Write the whole URI, or name the system that the value is from.',
      },
    ),
  )
}

/** Bytes that base64 stands for. */
const bytesIn = (base64: string): number => {
  const packed = base64.replace(/\s+/g, '')
  const padding = packed.endsWith('==') ? 2 : packed.endsWith('=') ? 1 : 0
  return (packed.length / 4) * 3 - padding
}

/** An Attachment that has its data has as many bytes as it says (http://hl7.org/fhir/R4/datatypes-definitions.html#Attachment.size). */
export const checkAttachment: Check = (spot, run) => {
  const { data, size } = spot.value as Node
  if (typeof data !== 'string' || typeof size !== 'number') return
  const bytes = bytesIn(data)
  // Data that is no base64 is told with the structure.
  if (!Number.isInteger(bytes) || bytes === size) return
  run.report(
    findingAt(childOrSelf(spot, 'size'), 'attachment-size', 'invalid', `The data has ${bytes} bytes, not ${size}.`, {
      value: String(size),
      expected: String(bytes),
      hint: 'Correct the size, or leave it out; check that the data is whole.',
    }),
  )
}
