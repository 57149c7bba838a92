import type { CodeSystemConcept } from 'fhir/r4.js'
import type { Run } from '../spot.ts'

/** All concepts of a code system, each before those below it. */
export const conceptsIn = (concepts: readonly CodeSystemConcept[]): readonly CodeSystemConcept[] =>
  concepts.flatMap((concept) => [concept, ...conceptsIn(concept.concept ?? [])])

/** The codes of a code system that is known whole. */
export const codesOf = (system: string | undefined, run: Run): ReadonlySet<string> | undefined => {
  const known = system === undefined ? undefined : run.definitions.codeSystem(system)
  return known?.content === 'complete' ? new Set(conceptsIn(known.concept ?? []).map(({ code }) => code)) : undefined
}
