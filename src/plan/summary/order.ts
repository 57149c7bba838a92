import type { Bundle, Composition, Extension } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { EXTENSION, type SummaryState, SYSTEM } from '../codes.ts'
import type { DeriveAt } from '../derived.ts'
import { extension } from '../person.ts'

/** Epoch and sequence as a reader's program finds them on the Composition: of two summaries of a person, the higher epoch, then the higher sequence is the newer. */
export const orderExtension = ({ epoch, sequence }: DeriveAt): Extension => ({
  url: EXTENSION.summaryOrder,
  extension: [
    { url: 'epoch', valueUnsignedInt: epoch },
    { url: 'sequence', valueUnsignedInt: sequence },
  ],
})

/** `Bundle.identifier` of one edition of a person's summary. */
export const editionIdentifier = (
  patient: string,
  { epoch, sequence }: Pick<DeriveAt, 'epoch' | 'sequence'>,
): { system: string; value: string } => ({
  system: IDENTIFIER_SYSTEM.summary,
  value: `${patient}/${epoch}/${sequence}`,
})

/** The state, epoch and sequence of a summary or tombstone that somebody holds; undefined where the Bundle is neither. */
export const summaryOrder = (bundle: Bundle): { state: SummaryState; epoch: number; sequence: number } | undefined => {
  const state = bundle.meta?.tag?.find(({ system }) => system === SYSTEM.summaryState)?.code
  const composition = bundle.entry?.[0]?.resource
  if ((state !== 'current' && state !== 'withdrawn') || composition?.resourceType !== 'Composition') return undefined
  const order = extension(composition as Composition, EXTENSION.summaryOrder)
  const epoch = extension(order, 'epoch')?.valueUnsignedInt
  const sequence = extension(order, 'sequence')?.valueUnsignedInt
  return epoch === undefined || sequence === undefined ? undefined : { state, epoch, sequence }
}
