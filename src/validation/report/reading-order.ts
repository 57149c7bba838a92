import type { Issue } from '../../fhir/outcome.ts'

const RANK: Readonly<Record<Issue['severity'], number>> = { fatal: 0, error: 0, warning: 1, information: 2 }

/** What is said of an element because something else, that it refers to or holds, is wrong: that stands there too, and is mended first. */
const FOLLOWS: ReadonlySet<string> = new Set(['reference-profile', 'profile-none-fits'])

/**
 * Findings in the order in which people mend them: errors before warnings before notes; in each, what only follows from others last; and
 * otherwise as they stand in the text, where what has no place comes first.
 */
export const inReadingOrder = <I extends Issue>(findings: readonly I[]): readonly I[] =>
  findings.toSorted(
    (one, other) =>
      RANK[one.severity] - RANK[other.severity] ||
      Number(FOLLOWS.has(one.key)) - Number(FOLLOWS.has(other.key)) ||
      (one.place?.line ?? 0) - (other.place?.line ?? 0) ||
      (one.place?.column ?? 0) - (other.place?.column ?? 0),
  )
