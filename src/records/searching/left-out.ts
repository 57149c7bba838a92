/** What is said where a search does not count, order or show everything. */
import { type Issue, issue, problem } from '../../fhir/outcome.ts'
import { MOST_INCLUDED, MOST_KEPT } from '../../search/query/query.ts'

/** A total as it is told; of more than are counted, that they are more. */
export const counted = (total: number): Readonly<{ total: number | undefined; issues: readonly Issue[] }> =>
  total > MOST_KEPT ? { total: undefined, issues: [NOT_COUNTED] } : { total, issues: [] }

export const NOT_COUNTED = issue(
  'total-not-counted',
  '_total',
  `More than ${MOST_KEPT} resources match; no more than that are counted, so no total is given. Narrow the search.`,
  { severity: 'warning', code: 'too-costly' },
)

export const MORE = issue(
  'more-results',
  '_count',
  `More than ${MOST_KEPT} resources match. Parameters that name a person, or are long, are not put into links, so the others cannot be paged to: narrow the search.`,
  { severity: 'warning', code: 'incomplete' },
)

export const TOO_MANY_INCLUDED = issue(
  'too-many-included',
  '_include',
  `More than ${MOST_INCLUDED} resources belong to this page; the others are not here. Ask for fewer at a time with _count.`,
  { severity: 'warning', code: 'incomplete' },
)

export const tooCostly = () =>
  problem(
    'bad-request',
    'search-too-costly',
    `More than ${MOST_KEPT} resources match, which are not put in order. Narrow the search, by _lastUpdated for one, or leave out _sort: in the order of ids any number can be paged through.`,
    { expression: '_sort', code: 'too-costly' },
  )
