import type { Bundle, Composition, CompositionSection, Reference } from 'fhir/r4.js'
import { REDACTED } from '../marks.ts'
import { sectionHead } from './document.ts'
import { paragraph } from './narrative.ts'

/** How parts of a document are left out so that a reader is told. */

/** Why a section is empty, and what a reader is told. */
export type Withholding = Readonly<{ text: string; why: string }>

const emptyReason = (text: string) => ({
  coding: [
    {
      system: 'http://terminology.hl7.org/CodeSystem/list-empty-reason',
      code: 'withheld',
      display: 'Information Withheld',
    },
  ],
  text,
})

export type Entry = NonNullable<Bundle['entry']>[number]

/** A document as what is left out of it looks at it: its first entry with the Composition, the sections of that, and what they refer to. */
type Document = Readonly<{ first: Entry; sections: readonly CompositionSection[]; rest: readonly Entry[] }>

/**
 * The document as `cut` leaves it. A tombstone, which says nothing but that nothing holds, is for everyone as it is. Throws a TypeError where the
 * Bundle does not begin with a Composition.
 */
export const tailored = (bundle: Bundle, cut: (document: Document) => Bundle): Bundle => {
  const [first, ...rest] = bundle.entry ?? []
  const composition = first?.resource
  if (first === undefined || composition?.resourceType !== 'Composition')
    throw new TypeError('The document does not begin with a Composition.')
  const { section: sections = [] } = composition as Composition
  return sections.some((section) => codeOf(section) === 'withdrawn') ? bundle : cut({ first, sections, rest })
}

export const withSections = (first: Entry, section: CompositionSection[]): Entry => ({
  ...first,
  resource: { ...first.resource, section } as Composition,
})

/** The document with other entries, and a label that says that something was left out. */
export const redacted = (bundle: Bundle, entry: Entry[]): Bundle => ({
  ...bundle,
  meta: { ...bundle.meta, security: [...(bundle.meta?.security ?? []), REDACTED] },
  entry,
})

export const codeOf = ({ code }: CompositionSection): string => code?.coding?.[0]?.code ?? ''

/** The section with nothing of it but what it is, and that it is withheld. */
export const withheld = (section: CompositionSection, { text, why }: Withholding): CompositionSection => ({
  ...sectionHead(codeOf(section), section.title ?? '', [paragraph(text, 'withheld')]),
  emptyReason: emptyReason(why),
})

/** The section without the references of which this is true. */
export const without = (
  { entry, ...section }: CompositionSection,
  isLeftOut: (reference: Reference) => boolean,
): CompositionSection => {
  const kept = (entry ?? []).filter((reference) => !isLeftOut(reference))
  return kept.length > 0 ? { ...section, entry: kept } : section
}
