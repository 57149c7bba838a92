import { bundleText, entryResponse } from '../bundle-text.ts'
import { refuseParameters } from '../parameters.ts'
import type { Route } from '../route.ts'

/**
 * Every version of a resource, newest first (http://hl7.org/fhir/R4/http.html#history). Each entry's request is the one that makes
 * this version at this id: a PUT, or a DELETE.
 */
export const historyInstance: Route = {
  name: 'history-instance',
  method: 'GET',
  path: '[type]/[id]/_history',
  scope: 'r',
  body: 'none',
  purpose: 'care',
  handle: async ({ cx, type, id, query }, { records, baseUrl }) => {
    refuseParameters(query)
    const versions = await records.history(cx, type, id)
    const key = `${type}/${id}`
    const entries = versions.map((version, at) => {
      const { deleted, body, version: number, lastUpdated } = version
      const isFirst = at === versions.length - 1 || versions[at + 1]?.deleted === true
      return {
        fullUrl: `${baseUrl}/${key}`,
        ...(deleted ? {} : { resource: body }),
        request: { method: deleted ? 'DELETE' : 'PUT', url: key },
        response: entryResponse({ status: deleted ? 204 : isFirst ? 201 : 200, version: number, lastUpdated }),
      }
    })
    const links = [{ relation: 'self' as const, url: `${baseUrl}/${key}/_history` }]
    return { status: 200, body: bundleText('history', entries, { links, total: versions.length }) }
  },
}
