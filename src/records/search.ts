import { decideSearch } from '../access/decide.ts'
import type { RequestContext } from '../context.ts'
import { parseQuery } from '../search/query.ts'
import { searchSql } from '../search/sql.ts'
import type { ResourceRow } from '../store/resources.ts'
import type { Store } from '../store/store.ts'
import { auditEntry } from './audit.ts'
import { requireScope } from './permission.ts'
import { stored } from './read.ts'
import type { SearchRequest, SearchResult } from './types.ts'

/** http://hl7.org/fhir/R4/search.html: the rows that match and that the caller may see, in the order of their ids. */
export const search = async (
  store: Store,
  cx: RequestContext,
  { type, parameters, lenient }: SearchRequest,
): Promise<SearchResult> => {
  requireScope(cx, type, 's')
  const { query, understood, issues } = parseQuery(type, parameters, lenient)
  const rows = await store.search(searchSql(query, decideSearch(cx.caller)))
  const page = rows.slice(0, query.count)

  const names = [...new Set(understood.map(([name]) => name))].join(',')
  const byPatient = new Map<string | null, ResourceRow[]>()
  for (const row of page) byPatient.set(row.patient, [...(byPatient.get(row.patient) ?? []), row])
  const entries = [...byPatient].map(([patient, seen]) =>
    auditEntry(
      cx,
      'search',
      'permit',
      seen.map(({ type, id }) => `${type}/${id}`),
      { patient, query: `${type}?${names}` },
    ),
  )
  await store.audit(
    entries.length > 0 ? entries : [auditEntry(cx, 'search', 'permit', [], { query: `${type}?${names}` })],
  )

  const last = page.at(-1)
  const self = understood.filter(([name]) => name !== '_after')
  return {
    resources: page.map(stored),
    self: understood,
    next: rows.length > query.count && last !== undefined ? [...self, ['_after', last.id]] : undefined,
    issues,
  }
}
