import { onlyCreate, requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { checkId, resourceOf } from '../resource-body.ts'
import type { Route } from '../route.ts'
import { writeOne } from '../write-one.ts'

/** The next version of a resource, or its first under an id that the caller chose (http://hl7.org/fhir/R4/http.html#update, #concurrency). */
export const update: Route = {
  name: 'update',
  method: 'PUT',
  path: '[type]/[id]',
  scope: 'u',
  body: 'resource',
  purpose: 'care',
  handle: async (request, { records }) => {
    const { id, query, conditions } = request
    refuseParameters(query)
    const resource = resourceOf(request)
    checkId(resource, id)
    const ifMatch = requiredVersion(conditions)
    return await writeOne(records, request, {
      do: 'update',
      resource,
      id,
      ...(ifMatch === undefined ? {} : { ifMatch }),
      ...(onlyCreate(conditions) ? { onlyCreate: true } : {}),
    })
  },
}
