import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js'
import { loadCodeSystem } from '../../../definitions/terminology/code-system.ts'
import { rememberFor } from '../../../definitions/terminology/value-set.ts'

/** All concepts of a code system, each before those below it. */
export const conceptsIn = (concepts: readonly CodeSystemConcept[]): readonly CodeSystemConcept[] =>
  concepts.flatMap((concept) => [concept, ...conceptsIn(concept.concept ?? [])])

/** A code system with its concepts by code, each made once: a value set may have a thousand filters of one. */
export const loadedOf = rememberFor((system: CodeSystem) => loadCodeSystem(system))

/**
 * True for a code system of which there may be codes that are not known here, although it is known whole: in another version, or because HL7
 * publishes it apart from FHIR, where new codes come before a release of FHIR has them.
 */
export const mayBeNewer = (known: CodeSystem, version: string | undefined): boolean =>
  known.url?.startsWith('http://terminology.hl7.org/') === true || (version !== undefined && version !== known.version)
