import type { CodeSystem, FhirResource, Questionnaire, StructureDefinition, ValueSet } from 'fhir/r4.js'
import { canonicalLines } from './canonical-lines.ts'
import type { Definitions } from './definitions.ts'
import { loadPackage } from './package.ts'

const ARTEFACTS = new URL('../../src/definitions/artefacts/', import.meta.url)
const LINES = {
  StructureDefinition: canonicalLines(new URL('structures.ndjson', ARTEFACTS)),
  ValueSet: canonicalLines(new URL('value-sets.ndjson', ARTEFACTS)),
  CodeSystem: canonicalLines(new URL('code-systems.ndjson', ARTEFACTS)),
}

/** What the version of a part of R4 may be called: the version of FHIR is that of each of its definitions. */
const R4 = new Set(['4.0', '4.0.0', '4.0.1'])

const ofR4 = (type: keyof typeof LINES, canonical: string): object | undefined => {
  const bar = canonical.indexOf('|')
  if (bar === -1) return LINES[type](canonical)
  const found = LINES[type](canonical.slice(0, bar)) as { version?: string } | undefined
  const version = canonical.slice(bar + 1)
  return found?.version === version || (type !== 'CodeSystem' && R4.has(version)) ? found : undefined
}

const look =
  <T extends FhirResource>(type: keyof typeof LINES) =>
  (canonical: string): T | undefined =>
    (loadPackage().byCanonical(type, canonical) ?? ofR4(type, canonical)) as T | undefined

/** FHIR R4 4.0.1, without its licensed and its largest code systems, and KeyPlan's own package: read as they are asked for. */
export const BASE: Definitions = Object.freeze({
  structure: look<StructureDefinition>('StructureDefinition'),
  valueSet: look<ValueSet>('ValueSet'),
  codeSystem: look<CodeSystem>('CodeSystem'),
  questionnaire: (canonical: string) =>
    loadPackage().byCanonical('Questionnaire', canonical) as Questionnaire | undefined,
})
