import type { RequestContext } from '../context.ts'
import { problem } from '../fhir/outcome.ts'
import type { Change } from '../records/types.ts'
import { splitTarget } from './parameters.ts'
import { readEntry } from './request.ts'
import type { ApiRequest, EntryRequest, Route } from './route.ts'
import { match, segmentsOf } from './router.ts'

/** The route that an entry of a Bundle asks for, and its request as handlers take it. Throws as the same request by itself would. */
export const readEntryRequest = (
  cx: RequestContext,
  entry: EntryRequest,
): Readonly<{ route: Route; request: ApiRequest }> => {
  const { path, query } = splitTarget(entry.url)
  const matched = match(entry.method, segmentsOf(`/${path}`))
  return { route: matched.route, request: readEntry(entry, matched, query, { ...cx, purpose: matched.route.purpose }) }
}

/** See `Api.changeOf`. */
export const changeOfEntry = (cx: RequestContext, entry: EntryRequest): Change => {
  const { route, request } = readEntryRequest(cx, entry)
  if (route.change !== undefined) return route.change(request)
  throw problem(
    'bad-request',
    'entry-not-supported',
    'An entry of a transaction reads, or writes one resource. Operations and Bundles are sent by themselves.',
    { expression: 'request.url', code: 'not-supported' },
  )
}
