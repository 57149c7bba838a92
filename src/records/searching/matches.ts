import type { RequestContext } from '../../context.ts'
import { problem } from '../../fhir/outcome.ts'
import { parseSearch } from '../../search/query/parse.ts'
import { searchSql, WHOLE } from '../../search/sql/statement.ts'
import type { ResourceRow } from '../../store/resources/resources.ts'
import type { Store } from '../../store/store.ts'
import { requireSomeScope, searchPermit } from '../permission/scope-reach.ts'
import { requireOneType } from './one-type.ts'
import { readingOf } from './reading.ts'

/**
 * Current resources of a type that match the criteria of a conditional interaction (`identifier=a|b&status=active`) and that the caller may see,
 * at most `most`, in the order of their ids. One statement, one more for ids without a type, no audit. Throws `bad-request` where the criteria are empty, are not understood in
 * every part, or say how to answer rather than what to find (`_sort`, `_count` …): nothing is ever changed by criteria that were read in part.
 */
export const findMatches = async (
  store: Store,
  cx: RequestContext,
  type: string,
  criteria: string,
  most: number,
): Promise<readonly ResourceRow[]> => {
  requireSomeScope(cx, type, 's')
  const { query, understood, reached } = parseSearch({
    ...readingOf(store, cx),
    types: [type],
    parameters: [...new URLSearchParams(criteria)],
    lenient: false,
  })
  for (const other of reached) requireSomeScope(cx, other, 's')
  if (understood.length === 0 || (query.branches[0]?.conditions.length ?? 0) < understood.length) {
    throw problem(
      'bad-request',
      'condition-not-supported',
      'A condition consists of search parameters alone, and of one at least. Leave out what only shapes an answer, such as _sort or _count.',
    )
  }
  const permit = searchPermit(store, cx, 's')
  await requireOneType(store, permit, query.branches)
  const rows = await store.search<ResourceRow>(searchSql({ ...query, count: most }, permit, { columns: WHOLE }))
  return rows.slice(0, most)
}
