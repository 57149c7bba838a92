import { readdirSync, readFileSync } from 'node:fs'
import { loadDataType, OperationOutcomeError, validateResource } from '@medplum/core'
import type { FhirResource, StructureDefinition } from 'fhir/r4.js'
import type { Definitions } from '../../src/definitions/definitions.ts'
import { OFFICIAL } from './subjects.ts'

type MedplumDefinition = Parameters<typeof loadDataType>[0]
type MedplumResource = Parameters<typeof validateResource>[0]

/** Gives Medplum the definitions of R4 that it needs, as they were published. */
export const loadMedplum = (): void => {
  for (const name of readdirSync(OFFICIAL)) {
    if (!name.startsWith('StructureDefinition-') || !name.endsWith('.json')) continue
    const definition = JSON.parse(readFileSync(new URL(name, OFFICIAL), 'utf8')) as StructureDefinition
    if (definition.snapshot !== undefined && definition.derivation !== 'constraint')
      loadDataType(definition as MedplumDefinition)
  }
}

/** What Medplum says of a resource, held against its type or one profile, which is all that it takes: true where it finds no error. */
export const medplumAccepts = (resource: FhirResource, profile?: StructureDefinition): boolean => {
  try {
    validateResource(
      resource as MedplumResource,
      profile === undefined ? {} : { profile: profile as MedplumDefinition },
    )
    return true
  } catch (error) {
    if (error instanceof OperationOutcomeError) return false
    // It fails on some resources with an error of its own: whoever calls it cannot tell that from a finding.
    return false
  }
}

/** The first profile that a resource names and that is known: what Medplum can be asked to hold it against. */
export const profileOf = (resource: FhirResource, definitions: Definitions): StructureDefinition | undefined => {
  const named: unknown = resource.meta?.profile
  return Array.isArray(named)
    ? named
        .map((canonical) => (typeof canonical === 'string' ? definitions.structure(canonical) : undefined))
        .find((found) => found !== undefined)
    : undefined
}
