import { randomUUID } from 'node:crypto'
import type { Permit } from '../../access/decide.ts'
import type { RequestContext } from '../../context.ts'
import { type Issue, problem } from '../../fhir/outcome.ts'
import { isOpen } from '../../search/query/open.ts'
import { type Parameter, type Parsed, parseSearch } from '../../search/query/parse.ts'
import { MOST_INCLUDED, MOST_KEPT, type Query } from '../../search/query/query.ts'
import { includeSql } from '../../search/sql/include.ts'
import { countSql, keptSql, searchSql, sortedSql } from '../../search/sql/statement.ts'
import { isWhole, subsetOf } from '../../search/subset.ts'
import type { FoundRow, SearchAudit } from '../../store/resources/searches.ts'
import type { Store } from '../../store/store.ts'
import { agent, auditEntry, seenByPerson } from '../audit/audit.ts'
import { hiddenByPerson } from '../permission/hidden.ts'
import { requireSomeScope, searchPermit } from '../permission/scope-reach.ts'
import type { FoundResource, SearchRequest, SearchResult } from '../types.ts'
import { type Cursor, type Kept, openCursor, sealCursor } from './cursor.ts'
import { counted, MORE, NOT_COUNTED, TOO_MANY_INCLUDED, tooCostly } from './left-out.ts'
import { requireOneType } from './one-type.ts'
import { readingOf } from './reading.ts'

/** For how long the order of a search is kept, and how many of them for one client. */
const KEPT_MINUTES = 15
const MOST_SEARCHES = 100

/**
 * http://hl7.org/fhir/R4/search.html: a page of the resources that match and that the caller may see, with what is included. What is searched,
 * and every type that a chain or `_has` leads to, needs the scope `s`; what is included needs `r`. One statement, one more for what is included, and one for ids without a type.
 */
export const search = async (store: Store, cx: RequestContext, request: SearchRequest): Promise<SearchResult> => {
  const { types, hidden = false } = request
  for (const type of types) requireSomeScope(cx, type, 's')
  // Objects that every search makes are written out here: V8 takes half a microsecond for each property that comes after a spread.
  const { base, now, isBuilding } = readingOf(store, cx, request.base)
  const parsed = parseSearch({
    base,
    now,
    isBuilding,
    types,
    parameters: request.parameters,
    lenient: request.lenient ?? false,
    compartment: request.compartment,
  })
  for (const type of parsed.reached) requireSomeScope(cx, type, 's')
  for (const type of parsed.shown) requireSomeScope(cx, type, 'r')

  const { query, understood } = parsed
  const open = hidden ? understood.filter(isOpen) : understood
  const permit = searchPermit(store, cx, 's')
  await requireOneType(store, permit, query.branches)
  // Another token of the client may see less, and must not be told how many there are for this one.
  const bound = (): string =>
    JSON.stringify([...whoOf(cx), request.compartment ?? '', types, open, ...(permit.within ?? [])])
  const { recorded, requestId, client, organization, role, purpose } = agent(cx)
  const act = {
    recorded,
    requestId,
    client,
    organization,
    role,
    purpose,
    interaction: 'search',
    query: auditedAs(parsed, types),
  }
  const found = await pageOf(store, cx, permit, parsed, {
    bound,
    act,
    keeps: query.sort.length > 0 || open.length < understood.length,
    hidden: open.length < understood.length,
  })
  const included =
    query.includes.length === 0 || found.rows.length === 0
      ? []
      : await store.search(includeSql(query.includes, found.rows, parsed.shown, searchPermit(store, cx, 'r')))
  const shown = included.slice(0, MOST_INCLUDED)
  if (!found.audited) await auditSearch(store, cx, act.query, [...found.rows, ...shown])

  const left = await hiddenByPerson(store, cx)

  const whole = isWhole(query)
  const show = ({ type, id, body }: FoundRow): FoundResource => ({
    type,
    id,
    body: whole ? body : subsetOf(body, query),
  })
  const isPaged = query.page !== undefined || found.next !== undefined
  return {
    resources: found.rows.map(show),
    included: shown.map(show),
    isEmpty:
      query.page === undefined &&
      found.rows.length === 0 &&
      (found.total ?? 0) === 0 &&
      !found.issues.includes(NOT_COUNTED),
    total: found.total,
    self: query.page === undefined ? open : [...open, ['_page', query.page]],
    // A search whose parameters stand in no link begins with being sent.
    first: isPaged && !found.hidden ? open : undefined,
    next: found.next === undefined ? undefined : [...open, ['_page', sealCursor(store.searchKey, found.next, bound())]],
    issues: [
      ...parsed.issues,
      ...found.issues,
      ...left,
      ...(included.length > MOST_INCLUDED ? [TOO_MANY_INCLUDED] : []),
    ],
  }
}

/** Whose cursors these are: of a client, or of one person at it. */
const whoOf = (cx: RequestContext): readonly string[] => [
  agent(cx).client,
  ...(cx.caller.kind === 'person' ? [cx.caller.user.system, cx.caller.user.value] : []),
]

type Page = Readonly<{
  rows: readonly FoundRow[]
  total: number | undefined
  next: Cursor | undefined
  /** True where the parameters of the first page stand in no link. */
  hidden: boolean
  issues: readonly Issue[]
  /** True where what it shows is on record already. */
  audited?: boolean
}>

const pageOf = async (
  store: Store,
  cx: RequestContext,
  permit: Permit,
  { query }: Parsed,
  {
    bound,
    act,
    keeps,
    hidden,
  }: Readonly<{ bound: () => string; act: SearchAudit['act']; keeps: boolean; hidden: boolean }>,
): Promise<Page> => {
  const cursor = query.page === undefined ? undefined : openCursor(store.searchKey, query.page, bound())
  if (cursor !== undefined && 'kept' in cursor) return await keptPage(store, cx, permit, query, cursor)
  if (query.summary === 'count') {
    const [row] = await store.search<Counted>(countSql(query, permit))
    return { rows: [], next: undefined, hidden, ...counted(row?.total ?? 0) }
  }
  if (keeps) return await firstKeptPage(store, cx, permit, query, hidden)
  const total = query.total !== 'none'
  const sql = searchSql(query, permit, { after: cursor?.after, total })
  // What is included is not known yet, and of a person's purpose each row says its own.
  const isAll = query.includes.length === 0 && cx.caller.kind === 'system'
  const { rows: found, audited } = isAll
    ? await store.searchAudited<Found>(sql, { act, shown: query.count })
    : { rows: await store.search<Found>(sql), audited: false }
  const rows = found.filter(isRow)
  const page = rows.slice(0, query.count)
  const last = page.at(-1)
  return {
    rows: page,
    audited,
    hidden,
    next: rows.length > query.count && last !== undefined ? { after: { type: last.type, id: last.id } } : undefined,
    ...(total ? counted(found[0]?.total ?? 0) : { total: undefined, issues: [] }),
  }
}

type Counted = Readonly<{ total: number }>
type Found = FoundRow & Partial<Counted>

/** A statement that counts as well has a row without a resource where there is none to show. */
const isRow = (row: Found): boolean => (row.id as string | null) !== null

const firstKeptPage = async (
  store: Store,
  cx: RequestContext,
  permit: Permit,
  query: Query,
  hidden: boolean,
): Promise<Page> => {
  const name = randomUUID()
  const found = await store.search<FoundRow & Counted>(
    sortedSql(query, permit, {
      name,
      client: agent(cx).client,
      now: cx.now,
      until: new Date(cx.now.getTime() + KEPT_MINUTES * 60_000),
      most: MOST_SEARCHES,
    }),
  )
  const total = found[0]?.total ?? 0
  if (total > MOST_KEPT && query.sort.length > 0) throw tooCostly()
  const more = total > query.count
  const told = query.total === 'none' ? { total: undefined, issues: [] } : counted(total)
  return {
    rows: found.filter(isRow),
    next: more && total <= MOST_KEPT ? { kept: name, from: query.count, hidden } : undefined,
    hidden,
    total: told.total,
    issues: total > MOST_KEPT ? [...told.issues, MORE] : told.issues,
  }
}

const keptPage = async (
  store: Store,
  cx: RequestContext,
  permit: Permit,
  { count, total: wanted }: Query,
  { kept, from, hidden }: Kept,
): Promise<Page> => {
  const found = await store.search<FoundRow & Counted>(keptSql(kept, from, count, cx.now, permit))
  const total = found[0]?.total
  if (total === undefined) {
    throw problem(
      'gone',
      'search-page-expired',
      `The order of a search is kept for ${KEPT_MINUTES} minutes. Send the search again.`,
      { expression: '_page', code: 'not-found' },
    )
  }
  return {
    rows: found.filter(isRow),
    next: from + count < total ? { kept, from: from + count, hidden } : undefined,
    hidden,
    total: wanted === 'none' ? undefined : total,
    issues: [],
  }
}

/** A search as the audit has it: its types, and the names of its parameters without any value. */
const auditedAs = ({ understood }: Pick<Parsed, 'understood'>, types: readonly string[]): string =>
  `${types.join(',')}?${[...new Set(understood.map(([name]: Parameter) => name))].join(',')}`

/** One entry for each person of whom something was shown, one for a page that shows nobody. */
const auditSearch = async (
  store: Store,
  cx: RequestContext,
  query: string,
  rows: readonly FoundRow[],
): Promise<void> => {
  const entries = seenByPerson(rows).map(({ patient, keys }) =>
    auditEntry(cx, 'search', 'permit', keys, { patient, query }),
  )
  await store.audit(entries.length > 0 ? entries : [auditEntry(cx, 'search', 'permit', [], { query })])
}
