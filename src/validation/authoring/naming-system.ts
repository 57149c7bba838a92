import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, findingAt } from '../spot.ts'

/** How an identifier of each type is written, with the beginning that makes it an address or without; what is of another type is free. */
const FORMS: Readonly<Record<string, Readonly<{ accepts: RegExp; expected: string }>>> = {
  oid: { accepts: /^(?:urn:oid:)?[0-2](?:\.(?:0|[1-9]\d*))+$/, expected: 'an OID, such as 1.2.3.4' },
  uuid: {
    accepts: /^(?:urn:uuid:)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
    expected: 'a UUID of 8-4-4-4-12 digits of 0-9 and a-f',
  },
  uri: { accepts: /^[a-z][a-z0-9+.-]*:\S+$/i, expected: 'an absolute URI, such as https://…' },
}

/** What identifies a system of names is of the type that it says (http://hl7.org/fhir/R4/valueset-namingsystem-identifier-type.html). */
export const checkNamingSystem: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  for (const id of childrenNamed(spot, 'uniqueId')) {
    const { type, value } = id.value as Node
    const form = FORMS[String(type)]
    if (form === undefined || typeof value !== 'string' || form.accepts.test(value)) continue
    run.report(
      findingAt(childOrSelf(id, 'value'), 'naming-system-id', 'value', `This is no identifier of type ${type}.`, {
        value: shownValue(value),
        expected: form.expected,
        hint: 'Correct the identifier, or say of what type it is.',
      }),
    )
  }
}
