import { bundleText, entryResponse, type Link } from '../bundle-text.ts'
import { linkTo } from '../link.ts'
import type { Api, ApiRequest, ApiResponse, Route } from '../route.ts'
import { historyParameters } from './history-parameters.ts'

const COMMON = { method: 'GET', scope: 'r', body: 'none', purpose: 'care' } as const

/** Versions count from 1; a page of them begins below one. */
const isVersion = (text: string): boolean => /^[1-9]\d{0,8}$/.test(text)

/** A transaction and a position in it (`store/resources/history.ts`); no larger than the database's numbers. */
const isPlaceInLog = (text: string): boolean => /^\d{1,19}-\d{1,18}$/.test(text)

/** The versions of a resource (http://hl7.org/fhir/R4/http.html#history). */
export const historyInstance: Route = {
  ...COMMON,
  name: 'history-instance',
  path: '[type]/[id]/_history',
  handle: (request, api) => answer(request, api, `${request.type}/${request.id}/_history`, isVersion),
}

/** The versions of the resources of a type. */
export const historyType: Route = {
  ...COMMON,
  name: 'history-type',
  path: '[type]/_history',
  handle: (request, api) => answer(request, api, `${request.type}/_history`, isPlaceInLog),
}

/** The versions of all resources; only for who may read every type. */
export const historySystem: Route = {
  ...COMMON,
  name: 'history-system',
  path: '_history',
  handle: (request, api) => answer(request, api, '_history', isPlaceInLog),
}

/**
 * A page of versions, newest first. Each entry's request is the one that makes this version at this id: a PUT, or a DELETE. On the first page of a
 * type or of all, `meta.lastUpdated` is what the next `_since` is to be, for who keeps in step. An entry of a history has no place to say that something is left out
 * which a person hides from the caller: the label REDACTED says it.
 */
const answer = async (
  request: ApiRequest,
  { records, baseUrl, limits }: Api,
  path: string,
  isPlace: (text: string) => boolean,
): Promise<ApiResponse> => {
  const { cx, type, id, query } = request
  const { understood, ...wanted } = historyParameters(query, isPlace)
  const { versions, total, next, upTo, redacted } = await records.history(cx, {
    ...wanted,
    bytes: limits.answer,
    type: type === '' ? undefined : type,
    id: id === '' ? undefined : id,
  })
  const entries = versions.map(({ type, id, version, lastUpdated, deleted, body, first }) => ({
    fullUrl: `${baseUrl}/${type}/${id}`,
    ...(deleted ? {} : { resource: body }),
    request: { method: deleted ? 'DELETE' : 'PUT', url: `${type}/${id}` },
    response: entryResponse({ status: deleted ? 204 : first ? 201 : 200, version, lastUpdated }),
  }))
  const link = (relation: Link['relation'], after: string | undefined): Link =>
    linkTo(request, baseUrl, relation, path, [
      ...understood,
      ...(after === undefined ? [] : [['_after', after] as const]),
    ])
  const links = [link('self', wanted.after), ...(next === undefined ? [] : [link('next', next)])]
  return {
    status: 200,
    body: bundleText('history', entries, {
      links,
      ...(total === undefined ? {} : { total }),
      ...(upTo === undefined ? {} : { lastUpdated: upTo }),
      redacted,
    }),
  }
}
