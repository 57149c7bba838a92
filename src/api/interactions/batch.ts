import { operationOutcome, Problem, STATUS } from '../../fhir/outcome.ts'
import { bundleText, type EntryText, entryResponse } from '../bundle-text.ts'
import type { Api, ApiRequest, ApiResponse } from '../route.ts'
import { answerBudget, NOT_READ } from './answer-budget.ts'
import { type Entry, isRead, readEntries, requestOf } from './entries.ts'

/**
 * Performs the entries of a batch one after the other, each as if it had been sent alone, and answers with the outcome of each in
 * the same order (http://hl7.org/fhir/R4/http.html#transaction). Without `Prefer: return` writes answer with no resource, and all say what was
 * noticed about them. What no longer fits into the answer is told without its content, and no further reads are made.
 */
export const runBatch = async (request: ApiRequest, api: Api): Promise<ApiResponse> => {
  const { cx, prefer, resource } = request
  const { entries, issues } = readEntries(
    resource as NonNullable<ApiRequest['resource']>,
    api.baseUrl,
    api.limits.entries,
  )
  const unfit = issues.filter(({ expression }) => expression === 'Bundle')
  if (unfit.length > 0) throw new Problem('bad-request', unfit)
  const budget = answerBudget(api.limits.answer)
  const answers: EntryText[] = []
  for (const [index, entry] of entries.entries()) {
    if (entry === undefined) {
      answers.push(refused(issues.filter(({ expression }) => expression?.startsWith(`Bundle.entry[${index}]`))))
    } else if (isRead(entry) && !budget.isOpen()) {
      answers.push(NOT_READ)
    } else {
      const asked = requestOf(entry, { ...prefer, return: prefer.return ?? 'minimal' })
      answers.push(budget.fit(entry, answerOf(entry, prefer.return, await api.perform(entryContext(cx, index), asked))))
    }
  }
  return { status: 200, body: bundleText('batch-response', answers) }
}

/** Each entry is a commit of its own. */
const entryContext = ({ once, repeatable, ...cx }: ApiRequest['cx'], index: number): ApiRequest['cx'] => ({
  ...cx,
  ...(once === undefined ? {} : { once: `${once}/${index}` }),
  ...(repeatable === undefined ? {} : { repeatable: { ...repeatable, id: `${repeatable.id}/${index}` } }),
})

const refused = (issues: Parameters<typeof operationOutcome>[0]): EntryText => {
  const { status } = STATUS.malformed
  return { response: entryResponse({ status }, JSON.stringify(operationOutcome(issues))) }
}

/** The answer to one request as an entry: OperationOutcomes stand in the response, resources beside it. */
export const answerOf = (
  { method }: Pick<Entry, 'method'>,
  returns: ApiRequest['prefer']['return'],
  answer: ApiResponse,
): EntryText => {
  if (answer.status >= 400 || (returns === 'OperationOutcome' && !isRead({ method })))
    return { response: entryResponse(answer, answer.body) }
  return {
    ...(answer.body === undefined || method === 'HEAD' ? {} : { resource: answer.body }),
    response: entryResponse(answer, answer.said),
  }
}
