import { conditionIn, refuseConditions, requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { patchOf } from '../patch-body.ts'
import type { ApiRequest } from '../route.ts'
import { writeOne } from '../write-one.ts'

const route = { name: 'patch', method: 'PATCH', scope: 'u', alsoScope: 'r', body: 'patch', purpose: 'care' } as const

const change = (request: ApiRequest) => {
  refuseConditions(request.conditions, 'ifNoneMatch', 'ifNoneExist')
  const ifMatch = requiredVersion(request.conditions)
  return {
    do: 'patch',
    type: request.type,
    patch: patchOf(request),
    ...(ifMatch === undefined ? {} : { ifMatch }),
  } as const
}

/**
 * Changes parts of a resource (http://hl7.org/fhir/R4/http.html#patch). Without If-Match it is applied to the newest version, whoever else is
 * writing; with it, to that version alone. The result is held to all that an update is held to.
 */
export const patch = writeOne({
  ...route,
  path: '[type]/[id]',
  change: (request) => {
    refuseParameters(request.query)
    return { ...change(request), id: request.id }
  },
})

/** The same of the one resource that matches (http://hl7.org/fhir/R4/http.html#patch): 404 where there is none, 412 where there are more. */
export const conditionalPatch = writeOne({
  ...route,
  path: '[type]',
  change: (request) => ({ ...change(request), condition: conditionIn(request.query) }),
})
