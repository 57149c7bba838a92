import { notModified } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { stored } from '../respond.ts'
import type { Route } from '../route.ts'

/** A resource as it was in one version (http://hl7.org/fhir/R4/http.html#vread). */
export const vread: Route = {
  name: 'vread',
  method: 'GET',
  path: '[type]/[id]/_history/[vid]',
  scope: 'r',
  body: 'none',
  purpose: 'care',
  handle: async ({ cx, type, id, version, query, conditions }, { records }) => {
    refuseParameters(query)
    const resource = await records.read(cx, type, id, version)
    const answer = stored(200, resource)
    return notModified(conditions, resource) ? { ...answer, status: 304, body: undefined } : answer
  },
}
