import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js'
import { loadCodeSystem } from '../../../definitions/terminology/code-system.ts'
import { rememberFor } from '../../../definitions/terminology/value-set.ts'
import type { Run } from '../../spot.ts'

/** All concepts of a code system, each before those below it. */
export const conceptsIn = (concepts: readonly CodeSystemConcept[]): readonly CodeSystemConcept[] =>
  concepts.flatMap((concept) => [concept, ...conceptsIn(concept.concept ?? [])])

/** The codes of a code system that is known whole. */
export const codesOf = (system: string | undefined, run: Run): ReadonlySet<string> | undefined => {
  const known = system === undefined ? undefined : run.definitions.codeSystem(system)
  return known?.content === 'complete' ? new Set(conceptsIn(known.concept ?? []).map(({ code }) => code)) : undefined
}

/** A code system with its concepts by code, each made once: a value set may have a thousand filters of one. */
export const loadedOf = rememberFor((system: CodeSystem) => loadCodeSystem(system))
