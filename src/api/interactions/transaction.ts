import { servedType } from '../../definitions/served.ts'
import { type Issue, isError, issue, operationOutcome, Problem } from '../../fhir/outcome.ts'
import { isId } from '../../fhir/resource.ts'
import type { Change, Effect } from '../../records/types.ts'
import { bundleText, type EntryText, entryResponse } from '../bundle-text.ts'
import { noneExist, onlyCreate, requiredVersion } from '../conditions.ts'
import { withoutId } from '../resource-body.ts'
import type { Api, ApiRequest, ApiResponse } from '../route.ts'
import { written } from '../written.ts'
import { answerBudget, NOT_READ } from './answer-budget.ts'
import { answerOf } from './batch.ts'
import { type Entry, readEntries } from './entries.ts'

/** A write of a transaction: the entry's place in the Bundle and the change that it asks for. */
type Write = Readonly<{ index: number; change: Change }>

/** http://hl7.org/fhir/R4/http.html#trules: deletions, then creations, then updates; reads come after what they may read. */
const ORDER: readonly Change['do'][] = ['delete', 'create', 'update']

/** The writes of a transaction in the order in which they are processed, and everything that is wrong with its entries. */
export const planTransaction = (
  entries: readonly (Entry | undefined)[],
): Readonly<{ writes: readonly Write[]; issues: readonly Issue[] }> => {
  const issues: Issue[] = []
  const writes: Write[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined || entry.method === 'GET') continue
    try {
      writes.push({ index, change: changeOf(entry) })
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      issues.push(...error.issues)
    }
  }
  issues.push(...repeated(entries, writes))
  return { writes: writes.toSorted((a, b) => ORDER.indexOf(a.change.do) - ORDER.indexOf(b.change.do)), issues }
}

const refuse = (key: string, expression: string, text: string, code: Issue['code'] = 'invalid'): never => {
  throw new Problem('bad-request', [issue(key, expression, text, { code })])
}

/** Words of a condition's failure point at the entry's request, not at a header. */
const inEntry = <Result>(at: string, name: string, read: () => Result): Result => {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new Problem(
      error.kind,
      error.issues.map((found) => ({ ...found, expression: `${at}.request.${name}` })),
    )
  }
}

const changeOf = ({ at, fullUrl, method, url, resource, conditions }: Entry): Change => {
  const place = { at: `${at}.resource`, ...(fullUrl === undefined ? {} : { fullUrl }) }
  if (url.includes('?'))
    refuse(
      'condition-not-supported',
      `${at}.request.url`,
      'Conditional updates and deletions are not supported: name the resource by type and id.',
      'not-supported',
    )
  const [type = '', id, ...rest] = url.split('/')
  if (servedType(type) === undefined)
    refuse(
      'unknown-type',
      `${at}.request.url`,
      'The url does not begin with a resource type that KeyPlan serves.',
      'not-supported',
    )
  if (rest.length > 0 || (id !== undefined && !isId(id)))
    refuse(
      'entry-url-malformed',
      `${at}.request.url`,
      'The url of a write in a transaction is a type, or a type and an id. Operations are called by themselves.',
    )

  if (method === 'POST') {
    if (id !== undefined)
      refuse('entry-url-malformed', `${at}.request.url`, 'The url of a POST is the resource type alone.')
    if (resource === undefined || resource.resourceType !== type)
      return refuse('resource-type-mismatch', place.at, `The resource must be a ${type}, as the url says.`)
    const ifNoneExist = inEntry(at, 'ifNoneExist', () => noneExist(conditions))
    return {
      ...place,
      do: 'create',
      resource: withoutId(resource),
      ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
    }
  }
  if (id === undefined)
    return refuse('entry-url-malformed', `${at}.request.url`, `The url of a ${method} is a resource type and an id.`)
  const ifMatch = inEntry(at, 'ifMatch', () => requiredVersion(conditions))
  const version = ifMatch === undefined ? {} : { ifMatch }
  if (method === 'DELETE') return { at, do: 'delete', type, id, ...version }
  if (resource === undefined || resource.resourceType !== type)
    return refuse('resource-type-mismatch', place.at, `The resource must be a ${type}, as the url says.`)
  if (resource.id !== id)
    return refuse('id-mismatch', `${place.at}.id`, 'The id of the resource must be the id of the url.')
  const create = inEntry(at, 'ifNoneMatch', () => onlyCreate(conditions))
  return { ...place, do: 'update', resource, id, ...version, ...(create ? { onlyCreate: true } : {}) }
}

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
        : `${'type' in change ? change.type : change.resource.resourceType}/${change.id ?? `?${change.condition}`}`
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
  const { writes, issues } = planTransaction(entries)
  const wrong = [...unreadable, ...issues]
  if (wrong.some(isError)) throw new Problem('bad-request', wrong)

  const committed =
    writes.length === 0
      ? { changed: [], issues: [] }
      : await api.records.transact(
          cx,
          writes.map(({ change }) => change),
        )
  const budget = answerBudget(api.limits.answer)
  const answers = new Map<number, EntryText>()
  for (const [position, { index }] of writes.entries()) {
    const at = `${(entries[index] as Entry).at}.`
    // What was noticed about no single entry is said with the first.
    const found = committed.issues.filter(
      ({ expression }) => expression?.startsWith(at) || (position === 0 && !expression?.startsWith('Bundle.entry[')),
    )
    const { method } = entries[index] as Entry
    const answer = writtenEntry(committed.changed[position] as Effect, found, prefer.return, api.baseUrl)
    answers.set(index, budget.fit(method, answer))
  }
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined || answers.has(index)) continue
    const { method, url, conditions } = entry
    if (!budget.isOpen()) {
      answers.set(index, NOT_READ)
      continue
    }
    const answer = await api.perform(cx, { method, url, resource: undefined, conditions, prefer })
    answers.set(index, budget.fit(method, answerOf(entry, prefer.return, answer)))
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
