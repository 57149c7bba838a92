import { type Issue, issue, Problem, STATUS } from '../../fhir/outcome.ts'
import type { Change } from '../../records/types.ts'
import { typeOf } from '../../records/writing/change.ts'
import type { ApiResponse } from '../route.ts'
import { answerBudget } from './answer-budget.ts'
import { answerOf } from './batch.ts'
import type { Entry } from './entries.ts'

/** `Goal/1`, or `Goal/?` and the condition: what a change of something names. */
export const targetOf = (change: Exclude<Change, { do: 'create' }>): string =>
  `${typeOf(change)}/${change.id ?? `?${change.condition}`}`

/**
 * What the reads of a transaction are answered before it is committed: one that cannot be answered fails the whole
 * (http://hl7.org/fhir/R4/http.html#transaction), as long as nothing is stored yet. A resource that the transaction itself writes need not be
 * there, and one that it deletes cannot be read. Reads that go beyond what is answered are not tried.
 */
export const readBefore = async (
  reads: readonly Readonly<{ index: number; entry: Entry }>[],
  changes: readonly Change[],
  read: (entry: Entry) => Promise<ApiResponse>,
  most: number,
): Promise<ReadonlyMap<number, ApiResponse>> => {
  const named = (isWanted: (change: Change) => boolean): ReadonlySet<string> =>
    new Set(changes.flatMap((change) => (change.do !== 'create' && isWanted(change) ? [targetOf(change)] : [])))
  const deleted = named((change) => change.do === 'delete')
  const written = named((change) => change.do !== 'delete')
  const budget = answerBudget(most)
  const answers = new Map<number, ApiResponse>()
  const issues: Issue[] = []
  let unavailable = false
  for (const { index, entry } of reads) {
    if (!budget.isOpen()) break
    const key = entry.url.split(/[/?]/, 2).join('/')
    const answer = await read(entry)
    answers.set(index, answer)
    budget.fit(entry, answerOf(entry, undefined, answer))
    const { status } = deleted.has(key) ? STATUS.gone : answer
    if (status < 400 || ((status === 404 || status === 410) && written.has(key))) continue
    unavailable ||= status >= 500
    issues.push(
      issue(
        'read-failed',
        `${entry.at}.request.url`,
        `This cannot be read (${status}), so nothing of the transaction was done. Send it by itself to see why, or leave it out.`,
        { code: 'not-found' },
      ),
    )
  }
  if (issues.length > 0) throw new Problem(unavailable ? 'unavailable' : 'bad-request', issues)
  return answers
}
