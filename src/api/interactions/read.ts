import { notModified } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { stored } from '../respond.ts'
import type { Route } from '../route.ts'

/** The current version of a resource, or 304 where the caller has it already (http://hl7.org/fhir/R4/http.html#read). */
export const read: Route = {
  name: 'read',
  method: 'GET',
  path: '[type]/[id]',
  scope: 'r',
  body: 'none',
  purpose: 'care',
  handle: async ({ cx, type, id, query, conditions }, { records }) => {
    refuseParameters(query)
    const resource = await records.read(cx, type, id)
    const answer = stored(200, resource)
    return notModified(conditions, resource) ? { ...answer, status: 304, body: undefined } : answer
  },
}
