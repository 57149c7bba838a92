import type { Bundle, CompositionSection, FhirResource } from 'fhir/r4.js'
import { resourceKey } from '../../fhir/resource.ts'
import { SECTIONS } from './sections.ts'
import { codeOf, redacted, tailored, type Withholding, withheld, without, withSections } from './withheld.ts'

const CODES = SECTIONS.map(({ code }) => code)

/** What decides stands first for everyone, and always in this order. */
const FIRST = ['identity', 'cpr', 'overall-focus', 'advance-refusals', 'interventions']

/** All sections: the first ones, those that matter most for the role, then the rest in their usual order, `verify` last. */
const all = (...next: readonly string[]): readonly string[] => [...new Set([...FIRST, ...next, ...CODES])]

const FULL = all()

/** Sections with nothing clinical in them. */
const NON_CLINICAL = ['identity', 'what-matters', 'contacts', 'home-care', 'preferred-places', 'verify']

/**
 * The sections that a role gets, in the order in which it gets them (model.md section 6). A role that is not here gets who the person is and
 * how to verify, nothing else.
 */
const SECTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  ambulance: FULL,
  'out-of-hours': all('medicines', 'out-of-hours', 'shared-understanding', 'clinical', 'contacts', 'home-care'),
  'gp-practice': all('what-matters', 'shared-understanding', 'clinical', 'plans', 'other-documents'),
  hospital: all('shared-understanding', 'clinical', 'capacity', 'contacts', 'medicines', 'what-matters'),
  hospice: FULL,
  'community-nurse': all('what-matters', 'medicines', 'home-care', 'contacts'),
  'ambulance-control': FULL,
  coordinator: FULL,
  patient: FULL,
  proxy: FULL,
  integrator: FULL,
  keyplan: FULL,
  'care-home': NON_CLINICAL,
  'social-care': NON_CLINICAL,
  'community-pharmacy': ['identity', 'medicines', 'contacts', 'verify'],
}

const NOBODY = ['identity', 'verify']

export const sectionsOf = (role: string): readonly string[] =>
  Object.hasOwn(SECTIONS_OF, role) ? (SECTIONS_OF[role] as readonly string[]) : NOBODY

/** Whether nothing of a summary is withheld from this role. */
export const seesEverything = (role: string): boolean => {
  const shown = sectionsOf(role)
  return CODES.every((code) => shown.includes(code))
}

/** Whether this role gets the summary as it is stored. */
export const isAsStored = (role: string): boolean => sectionsOf(role).join() === CODES.join()

const WITHHELD =
  'Withheld: this part is for those who treat the person. It is not said whether anything is recorded: infer nothing from this.'

const FROM_ROLE: Withholding = { text: WITHHELD, why: 'Withheld from this role' }
/** A plan and its Provenance say clinical things in elements of their own; only who sees everything gets them. */
const WHOLE_ONLY: readonly string[] = ['CarePlan', 'Provenance']

/**
 * The stored summary as this role may have it. Who sees everything gets the same resources, the sections in the order of the role's work;
 * others the sections of their table row, for each other one a sentence that it is withheld, and only the resources behind what is shown.
 * A tombstone goes to everyone as it is. Throws a TypeError where the Bundle does not begin with a Composition.
 */
export const summaryFor = (role: string, bundle: Bundle): Bundle =>
  tailored(bundle, ({ first, sections, rest }) => {
    const shown = sectionsOf(role)
    const inOrder = [...shown, ...CODES.filter((code) => !shown.includes(code))]
    const ordered = sections.toSorted((one, other) => inOrder.indexOf(codeOf(one)) - inOrder.indexOf(codeOf(other)))
    if (seesEverything(role)) return { ...bundle, entry: [withSections(first, ordered), ...rest] }
    const left = ordered.map((section) =>
      shown.includes(codeOf(section)) ? partial(section) : withheld(section, FROM_ROLE),
    )
    const named = new Set(left.flatMap(({ entry }) => entry?.map(({ reference }) => reference) ?? []))
    return redacted(bundle, [
      withSections(first, left),
      ...rest.filter(({ resource }) => resource !== undefined && named.has(resourceKey(resource as FhirResource))),
    ])
  })

/** The section without references to what only those may have who see everything. */
const partial = (section: CompositionSection): CompositionSection =>
  without(section, ({ reference }) => WHOLE_ONLY.includes(reference?.split('/')[0] ?? ''))
