import { noneExist } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { resourceOf, withoutId } from '../resource-body.ts'
import type { Route } from '../route.ts'
import { writeOne } from '../write-one.ts'

/** A new resource under an id that KeyPlan assigns; with If-None-Exist only where none matches (http://hl7.org/fhir/R4/http.html#create, #ccreate). */
export const create: Route = {
  name: 'create',
  method: 'POST',
  path: '[type]',
  scope: 'c',
  body: 'resource',
  purpose: 'care',
  handle: async (request, { records }) => {
    refuseParameters(request.query)
    const ifNoneExist = noneExist(request.conditions)
    const resource = withoutId(resourceOf(request))
    return await writeOne(records, request, {
      do: 'create',
      resource,
      ...(ifNoneExist === undefined ? {} : { ifNoneExist }),
    })
  },
}
