import { parseScope } from '../access/scopes.ts'

/** What is wrong with the query part of a scope for this type; undefined where it can be held to (`search/scope-query.ts`). */
export type ScopeQueryFinding = (type: string, query: string) => string | undefined

/** More are for no list that a person has looked at. */
const MOST_SCOPES = 100

/** What is wrong with the query part of a scope; undefined for one that has none, and for a text that is no scope of records. */
export const queryPartFinding = (text: string, findingOf: ScopeQueryFinding): string | undefined => {
  const scope = parseScope(text)
  return scope === undefined || scope.query.length === 0 ? undefined : findingOf(scope.type, scope.query.join('&'))
}

/**
 * What is wrong with the scopes that are asked for, in characters that an error_description may have (RFC 6749 section 5.2); undefined where nothing
 * is. One that is not understood refuses them all: to drop it would hide a mistake. `isOffered`: whether one may be asked for here; `expected`
 * says which are.
 */
export const requestedScopesFinding = (
  requested: readonly string[],
  {
    isOffered,
    expected,
    scopeQueryFinding,
  }: Readonly<{ isOffered: (text: string) => boolean; expected: string; scopeQueryFinding: ScopeQueryFinding }>,
): string | undefined => {
  if (requested.length === 0) return `scope is missing. Expected ${expected}`
  if (requested.length > MOST_SCOPES) return `More than ${MOST_SCOPES} scopes are asked for.`
  for (const [index, text] of requested.entries()) {
    const which = `Scope ${index + 1} of ${requested.length}`
    if (!isOffered(text)) return `${which} is not offered. Expected ${expected}`
    const finding = queryPartFinding(text, scopeQueryFinding)
    if (finding !== undefined) return `The query part of ${which} is refused: ${finding.replace(/["\\]/g, "'")}`
  }
  return undefined
}
