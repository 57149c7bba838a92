import { type Issue, isError, issue, operationOutcome, Problem } from '../../fhir/outcome.ts'
import type { Change, Effect } from '../../records/types.ts'
import { inEntry } from '../../records/writing/entry.ts'
import { mapFairly } from '../../records/writing/fairly.ts'
import { bundleText, type EntryText, entryResponse } from '../bundle-text.ts'
import type { Api, ApiRequest, ApiResponse } from '../route.ts'
import { written } from '../written.ts'
import { answerBudget, NOT_READ } from './answer-budget.ts'
import { answerOf } from './batch.ts'
import { type Entry, isRead, readEntries, requestOf } from './entries.ts'
import { readBefore, targetOf } from './transaction-reads.ts'

/** A write of a transaction: the entry's place in the Bundle and the change that it asks for. */
type Write = Readonly<{ index: number; change: Change }>

/** http://hl7.org/fhir/R4/http.html#trules: deletions, then creations, then updates and patches; reads come after what they may read. */
const RANK = { delete: 0, create: 1, update: 2, patch: 2 } as const

/** The writes of a transaction in the order in which they are processed, and everything that is wrong with its entries. */
export const planTransaction = async (
  entries: readonly (Entry | undefined)[],
  changeOf: (entry: Entry) => Change,
): Promise<Readonly<{ writes: readonly Write[]; issues: readonly Issue[] }>> => {
  const issues: Issue[] = []
  const writes: Write[] = []
  await mapFairly(entries, (entry, index) => {
    if (entry === undefined || isRead(entry)) return
    try {
      const change = inEntry(entry.at, () => changeOf(entry))
      writes.push({ index, change: placed(entry, change) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      issues.push(...error.issues)
    }
  })
  issues.push(...repeated(entries, writes))
  return { writes: writes.toSorted((a, b) => RANK[a.change.do] - RANK[b.change.do]), issues }
}

/** The change with where it stands in the Bundle, and the name by which other entries refer to its resource. */
const placed = ({ at, fullUrl }: Entry, change: Change): Change =>
  change.do === 'delete'
    ? { ...change, at }
    : { ...change, at: `${at}.resource`, ...(fullUrl === undefined ? {} : { fullUrl }) }

/** A resource may be named once, and so may a fullUrl and a condition: otherwise it is open which entry prevails. */
const repeated = (entries: readonly (Entry | undefined)[], writes: readonly Write[]): Issue[] => {
  const seen = new Set<string>()
  const once = (key: string | undefined, expression: string, text: string): Issue[] => {
    if (key === undefined) return []
    if (seen.has(key)) return [issue('duplicate-entry', expression, text, { code: 'invalid' })]
    seen.add(key)
    return []
  }
  return writes.flatMap(({ index, change }) => {
    const { at = '', fullUrl } = entries[index] ?? {}
    const key =
      change.do === 'create'
        ? change.ifNoneExist && `${change.resource.resourceType}?${change.ifNoneExist}`
        : targetOf(change)
    return [
      ...once(fullUrl, `${at}.fullUrl`, 'Another entry has the same fullUrl.'),
      ...once(
        key,
        change.do === 'create' ? `${at}.request.ifNoneExist` : `${at}.request.url`,
        'Another entry of this transaction writes the same resource.',
      ),
    ]
  })
}

/**
 * Commits all writes of a transaction or none, then answers its reads from what was committed
 * (http://hl7.org/fhir/R4/http.html#transaction). Without `Prefer: return` writes answer with no resource. Throws a Problem with
 * all issues at once.
 */
export const runTransaction = async ({ cx, prefer, resource }: ApiRequest, api: Api): Promise<ApiResponse> => {
  const { entries, issues: unreadable } = readEntries(
    resource as NonNullable<ApiRequest['resource']>,
    api.baseUrl,
    api.limits.entries,
  )
  const { writes, issues } = await planTransaction(entries, (entry) => api.changeOf(cx, requestOf(entry, prefer)))
  const wrong = [...unreadable, ...issues]
  if (wrong.some(isError)) throw new Problem('bad-request', wrong)
  const reads = entries.flatMap((entry, index) => (entry !== undefined && isRead(entry) ? [{ index, entry }] : []))
  const read = (entry: Entry): Promise<ApiResponse> => api.perform(cx, requestOf(entry, prefer))

  const changes = writes.map(({ change }) => change)
  const before = await readBefore(reads, changes, read, api.limits.answer)
  const committed = writes.length === 0 ? { changed: [], issues: [] } : await api.records.transact(cx, changes)

  const budget = answerBudget(api.limits.answer)
  const answers = new Map<number, EntryText>()
  for (const [position, { index }] of writes.entries()) {
    const entry = entries[index] as Entry
    // What was noticed about no single entry is said with the first.
    const found = committed.issues.filter(
      ({ expression }) =>
        expression?.startsWith(`${entry.at}.`) || (position === 0 && !expression?.startsWith('Bundle.entry[')),
    )
    const answer = writtenEntry(committed.changed[position] as Effect, found, prefer.return, api.baseUrl)
    answers.set(index, budget.fit(entry, answer))
  }
  for (const { index, entry } of reads) {
    if (!budget.isOpen()) answers.set(index, NOT_READ)
    else {
      // Where nothing was written, what was read before still holds.
      const answer = (writes.length === 0 ? before.get(index) : undefined) ?? (await read(entry))
      answers.set(index, budget.fit(entry, answerOf(entry, prefer.return, answer)))
    }
  }
  return {
    status: 200,
    body: bundleText(
      'transaction-response',
      entries.map((_entry, index) => answers.get(index) as EntryText),
    ),
  }
}

/** What became of one write, as an entry of the answer: with what KeyPlan noticed about it, and the resource where it was asked for. */
export const writtenEntry = (
  effect: Effect,
  issues: readonly Issue[],
  returns: ApiRequest['prefer']['return'],
  baseUrl: string,
): EntryText => {
  const answer = written(effect, issues, { return: 'representation', lenient: false })
  const says = issues.length > 0 || returns === 'OperationOutcome'
  const stored = effect.outcome === 'nothing' ? undefined : effect.stored
  return {
    ...(stored === undefined || stored.deleted ? {} : { fullUrl: `${baseUrl}/${stored.type}/${stored.id}` }),
    ...(returns === 'representation' && answer.body !== undefined ? { resource: answer.body } : {}),
    response: entryResponse(answer, says ? JSON.stringify(operationOutcome(issues)) : undefined),
  }
}
