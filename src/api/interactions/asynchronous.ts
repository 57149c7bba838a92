import { stringifyFhirJson } from '../../fhir/json.ts'
import { refuseParameters } from '../parameters.ts'
import type { Api, ApiRequest, ApiResponse, Match, Route } from '../route.ts'

/** What is known of a request that is performed later, beside its body. */
export type Asked = Readonly<{
  method: string
  /** Below the base, with a slash at its beginning. */
  path: string
  query: ApiRequest['query']
  shown: ApiRequest['shown']
  conditions: ApiRequest['conditions']
  prefer: ApiRequest['prefer']
}>

/** What an answer has beside its body. */
export type Answered = Pick<ApiResponse, 'status' | 'version' | 'lastUpdated' | 'location'>

/**
 * True where the request is to be answered later: its route can be, and a client system prefers it (http://hl7.org/fhir/R4/async.html). A person is
 * answered at once, whatever is preferred: their session may be over before a later answer is fetched.
 */
export const isAsynchronous = ({ route }: Match, { cx, prefer, wants }: ApiRequest): boolean =>
  route.asynchronous === true && prefer.respondAsync === true && wants === 'json' && cx.caller.kind === 'system'

/** Accepts the request, and says where its answer will be. */
export const acceptLater = async (
  request: ApiRequest,
  path: string,
  { records, baseUrl }: Api,
): Promise<ApiResponse> => {
  const { cx, method, query, shown, conditions, prefer, resource } = request
  const { respondAsync: _, ...preferred } = prefer
  const asked: Asked = { method, path, query, shown, conditions, prefer: preferred }
  const body = resource === undefined ? '' : stringifyFhirJson(resource)
  const id = await records.jobs.accept(cx, { request: JSON.stringify(asked), body })
  return {
    status: 202,
    headers: {
      'Content-Location': `${baseUrl}/_async/${id}`,
      'Preference-Applied': 'respond-async',
      'Retry-After': '1',
    },
  }
}

const PROGRESS = { waiting: 'Waiting to be performed', performed: 'Being performed' } as const

/** What became of a request that is answered later: 202 while it is not finished, then its answer, for an hour. */
const status: Route = {
  name: 'asynchronous-status',
  method: 'GET',
  path: '_async/[id]',
  scope: 'token',
  body: 'none',
  purpose: 'care',
  handle: async ({ cx, id, query }, { records }) => {
    refuseParameters(query)
    const job = await records.jobs.status(cx, id)
    if (job.state !== 'finished')
      return { status: 202, headers: { 'X-Progress': PROGRESS[job.state], 'Retry-After': '1' } }
    const answered = JSON.parse(job.answer) as Answered
    return { ...answered, body: job.result, headers: { Expires: job.expires.toUTCString() } }
  },
}

/** Ends a request that is answered later, and forgets its answer. */
const cancel: Route = {
  name: 'asynchronous-cancel',
  method: 'DELETE',
  path: '_async/[id]',
  scope: 'token',
  body: 'none',
  purpose: 'care',
  handle: async ({ cx, id, query }, { records }) => {
    refuseParameters(query)
    await records.jobs.cancel(cx, id)
    return { status: 202 }
  },
}

/** Where the answer to a request with `Prefer: respond-async` is asked for (http://hl7.org/fhir/R4/async.html). */
export const asynchronous: readonly Route[] = [status, cancel]
