import type { ReferenceTest } from './query.ts'
import { invalidValue, withoutEscapes } from './text.ts'

const LOCAL = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9\-.]{1,64})$/
const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\S+$/i

/**
 * One alternative of a reference (http://hl7.org/fhir/R4/search.html#reference): `id`, `Type/id`, the same below our own base, or another
 * absolute address, which is found as it is written. `type`: that of the modifier, or the only one that the parameter may refer to.
 */
export const referenceTest = (
  name: string,
  text: string,
  { base, type }: Readonly<{ base: string | undefined; type: string | undefined }>,
): ReferenceTest | Readonly<{ uri: string }> => {
  const value = withoutEscapes(text)
  const local = base !== undefined && value.startsWith(`${base}/`) ? value.slice(base.length + 1) : value
  const match = LOCAL.exec(local)
  if (match !== null) {
    const [, given, id = ''] = match
    if (type !== undefined && given !== undefined && given !== type)
      throw invalidValue(name, `It refers to ${type} here. Give the id, or ${type}/[id].`)
    return { type: given ?? type, id }
  }
  if (ABSOLUTE.test(value)) return { uri: value }
  throw invalidValue(
    name,
    'Expected Type/id, an id, or an absolute address; without a version, with commas between alternatives.',
  )
}
