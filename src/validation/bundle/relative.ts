/** Relative references within a document and a message (http://hl7.org/fhir/R4/bundle.html#references). */
import { remember } from '../../definitions/tables.ts'
import { shownValue } from '../findings/finding.ts'
import { baseOf, isAbsolute } from '../references/references.ts'
import { expressionOf, type Run } from '../spot.ts'
import { type Entry, nameOf } from './entry.ts'
import { referencesWhere } from './literals.ts'

/** True for a reference in the entry of this address which names by type and id what stands in the Bundle under another address than beside it. */
type IsStray = (reference: string, fullUrl: string | undefined) => boolean

/** True where every entry stands beside the others under the type and id of its resource, as on one server: there none can be missed. */
const isOfOneServer = (entries: readonly Entry[]): boolean => {
  const base = baseOf(entries[0]?.fullUrl)
  return (
    base !== undefined &&
    entries.every((entry) => entry.resource === undefined || entry.fullUrl === base + String(nameOf(entry)))
  )
}

export const strayingFrom = (entries: readonly Entry[]): IsStray => {
  if (isOfOneServer(entries)) return () => false
  const addresses = new Set<unknown>(entries.map(({ fullUrl }) => fullUrl))
  const names = new Set(entries.map(nameOf))
  const strays = (reference: string, base: string | undefined): boolean => {
    if (reference.startsWith('#') || isAbsolute(reference)) return false
    const name = reference.split('/', 2).join('/')
    return names.has(name) && !addresses.has((base ?? '') + name)
  }
  // Many entries stand beside each other, and refer to the same.
  const besideUrl = remember((fullUrl) => {
    const base = baseOf(fullUrl)
    return base === undefined ? besideNothing : beside(base)
  })
  const beside = remember((base) => remember((reference) => strays(reference, base)))
  const besideNothing = remember((reference) => strays(reference, undefined))
  return (reference, fullUrl) => (fullUrl === undefined ? besideNothing : besideUrl(fullUrl))(reference)
}

/**
 * A relative reference is to what has its address beside that of the entry it stands in: `Patient/1` in `https://example.org/fhir/Observation/2` is to
 * `https://example.org/fhir/Patient/1`. What is beside a URN, or elsewhere, only looks like what is meant.
 */
export const checkRelative = (
  entries: readonly Entry[],
  literals: readonly (readonly string[])[],
  isStray: IsStray,
  run: Run,
): void => {
  entries.forEach(({ resource, fullUrl }, index) => {
    // A Bundle in a Bundle is a world of its own.
    if (resource === undefined || resource.type === 'Bundle') return
    if (literals[index]?.some((literal) => isStray(literal, fullUrl)) !== true) return
    for (const [reference, place] of referencesWhere((one) => isStray(one, fullUrl), resource.value))
      run.report({
        severity: 'error',
        code: 'invalid',
        key: 'bundle-reference-astray',
        text: 'The Bundle has a resource of this type and id, and under another address than this relative reference leads to.',
        expression: expressionOf(resource) + place,
        value: shownValue(reference),
        expected: 'the fullUrl of the entry that is meant',
        hint: 'Refer to the entry by its fullUrl.',
      })
  })
}
