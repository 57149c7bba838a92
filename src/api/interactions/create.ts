import { noneExist, refuseConditions } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { resourceOf, withoutId } from '../resource-body.ts'
import { writeOne } from '../write-one.ts'

/** A new resource under an id that KeyPlan assigns; with If-None-Exist only where none matches (http://hl7.org/fhir/R4/http.html#create, #ccreate). */
export const create = writeOne({
  name: 'create',
  method: 'POST',
  path: '[type]',
  scope: 'c',
  body: 'resource',
  purpose: 'care',
  change: (request) => {
    refuseParameters(request.query)
    refuseConditions(request.conditions, 'ifMatch', 'ifNoneMatch')
    const ifNoneExist = noneExist(request.conditions)
    const resource = withoutId(resourceOf(request))
    return { do: 'create', resource, ...(ifNoneExist === undefined ? {} : { ifNoneExist }) }
  },
})
