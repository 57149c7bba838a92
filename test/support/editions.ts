import type { Bundle, Composition, FhirResource } from 'fhir/r4.js'
import { EXTENSION } from '../../src/plan/codes.ts'

/** The same summary as another edition, or of another person. */
export const edition = (
  bundle: Bundle<FhirResource>,
  patient: string,
  epoch: number,
  sequence: number,
): Bundle<FhirResource> => {
  const other = structuredClone(bundle)
  const composition = other.entry?.[0]?.resource as Composition
  const order = composition.extension?.find(({ url }) => url === EXTENSION.summaryOrder)
  for (const part of order?.extension ?? []) part.valueUnsignedInt = part.url === 'epoch' ? epoch : sequence
  return { ...other, id: patient, identifier: { ...other.identifier, value: `${patient}/${epoch}/${sequence}` } }
}
