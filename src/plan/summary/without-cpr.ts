import type { Bundle, Composition, FhirResource } from 'fhir/r4.js'
import { type ResourceKey, resourceKey } from '../../fhir/resource.ts'
import { EXTENSION } from '../codes.ts'
import { tellsOfCpr } from '../tells-of-cpr.ts'
import {
  codeOf,
  type Entry,
  redacted,
  tailored,
  type Withholding,
  withheld,
  without,
  withSections,
} from './withheld.ts'

const HIDDEN =
  'Withheld: the person has decided that what the plan says about resuscitation is not shown here, and this part tells it, or may. Crews and clinicians see it. Infer nothing from this; ask the GP practice.'

const BY_PERSON: Withholding = { text: HIDDEN, why: 'Withheld by decision of the person' }

/**
 * Withheld whether there is anything to hide in them or not: that one of them is withheld must tell nothing. The check code of a plan, by which a copy
 * is verified, is made from all that the plan says: whoever knows the rest could find the decision by trying.
 */
const ALWAYS_HIDDEN = ['cpr', 'advance-refusals', 'verify']

const withoutCheckCodes = (first: Entry): Entry => {
  const composition = first.resource as Composition
  const extension = (composition.extension ?? []).filter(({ url }) => url !== EXTENSION.planEdition)
  return { ...first, resource: { ...composition, extension } as Composition }
}

/**
 * The same summary for somebody from whom the person hides what was decided about CPR: without the sections and the resources that tell it, or may,
 * and with a sentence for each of these sections that it is withheld. A tombstone, which says nothing of it, as it is.
 */
export const withoutCpr = (bundle: Bundle): Bundle =>
  tailored(bundle, ({ first, sections, rest }) => {
    const kept = rest.filter((entry) => !tellsOfCpr(entry))
    const dropped = new Set(
      rest.flatMap((entry) => (kept.includes(entry) ? [] : resourceKey(entry.resource as FhirResource))),
    )
    const shown = sections.map((section) => {
      const left = without(section, ({ reference = '' }) => dropped.has(reference as ResourceKey))
      return ALWAYS_HIDDEN.includes(codeOf(section)) || tellsOfCpr(left) ? withheld(section, BY_PERSON) : left
    })
    return redacted(bundle, [withSections(withoutCheckCodes(first), shown), ...kept])
  })
