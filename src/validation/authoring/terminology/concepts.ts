import type { CodeSystem, CodeSystemConcept } from 'fhir/r4.js'
import { loadCodeSystem } from '../../../definitions/terminology/code-system.ts'
import { rememberFor } from '../../../definitions/terminology/value-set.ts'
import { childOrSelf } from '../../children.ts'
import { shownValue } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'

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

/** A code that a value set lists is one of its system, as far as that is known. */
export const checkListed = (
  concept: Spot,
  code: string,
  known: CodeSystem,
  version: string | undefined,
  run: Run,
): void => {
  const { find, whole } = loadedOf(known)
  if (!whole || find(code) !== undefined) return
  run.report(
    findingAt(
      childOrSelf(concept, 'code'),
      'code-unknown',
      'code-invalid',
      `The code system ${known.url} has no such code.`,
      {
        ...(mayBeNewer(known, version) ? { severity: 'warning' } : {}),
        value: shownValue(code),
        expected: `a code of ${known.url}`,
        hint: 'Check its spelling and its case.',
      },
    ),
  )
}
