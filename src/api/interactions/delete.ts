import { servedType } from '../../definitions/served.ts'
import { problem } from '../../fhir/outcome.ts'
import { requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import type { Route } from '../route.ts'
import { writeOne } from '../write-one.ts'

/** Ends a resource; its versions stay in the history (http://hl7.org/fhir/R4/http.html#delete). */
export const deletion: Route = {
  name: 'delete',
  method: 'DELETE',
  path: '[type]/[id]',
  scope: 'd',
  body: 'none',
  purpose: 'care',
  handle: async (request, { records }) => {
    const { type, id, query, conditions } = request
    refuseParameters(query)
    if (servedType(type)?.kept === true) {
      throw problem(
        'method-not-allowed',
        'never-deleted',
        `A ${type} is the record of who did what, or was asked to, and is never deleted.`,
        {
          headers: { Allow: 'GET, HEAD, PUT' },
        },
      )
    }
    const ifMatch = requiredVersion(conditions)
    return await writeOne(records, request, { do: 'delete', type, id, ...(ifMatch === undefined ? {} : { ifMatch }) })
  },
}
