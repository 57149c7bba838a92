import type { FhirResource, StructureDefinition } from 'fhir/r4.js'
import { type Definitions, definitionsOf, layered } from './definitions.ts'
import { hasSnapshot, SnapshotFault, snapshotOf } from './snapshot.ts'

export type Brought = Readonly<{
  definitions: Definitions
  /** Why a definition that was asked for cannot be used; none until it is asked for. */
  faults(): readonly SnapshotFault[]
}>

/**
 * These definitions, and below them what is known already. A StructureDefinition without a snapshot gets one when it is first asked for; one
 * that none can be made of is not known, and `faults` says why.
 */
export const bringing = (known: Definitions, resources: readonly FhirResource[]): Brought => {
  const own = definitionsOf(resources)
  const made = new Map<StructureDefinition, StructureDefinition | SnapshotFault>()

  const complete = (found: StructureDefinition): StructureDefinition | undefined => {
    if (hasSnapshot(found)) return found
    let whole = made.get(found)
    if (whole === undefined) {
      try {
        whole = snapshotOf(found, (canonical) => own.structure(canonical) ?? known.structure(canonical))
      } catch (error) {
        if (!(error instanceof SnapshotFault)) throw error
        whole = error
      }
      made.set(found, whole)
    }
    return whole instanceof SnapshotFault ? undefined : whole
  }

  const definitions: Definitions = {
    ...own,
    structure(canonical) {
      const found = own.structure(canonical)
      return found === undefined ? undefined : complete(found)
    },
  }
  return {
    definitions: layered(definitions, known),
    faults: () => [...made.values()].filter((each) => each instanceof SnapshotFault),
  }
}
