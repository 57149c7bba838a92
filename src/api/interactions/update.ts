import { conditionIn, onlyCreate, refuseConditions, requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import { checkId, resourceOf } from '../resource-body.ts'
import type { ApiRequest } from '../route.ts'
import { writeOne } from '../write-one.ts'

const route = { name: 'update', method: 'PUT', scope: 'u', body: 'resource', purpose: 'care' } as const

const change = (request: ApiRequest) => {
  refuseConditions(request.conditions, 'ifNoneExist')
  const ifMatch = requiredVersion(request.conditions)
  return {
    do: 'update',
    resource: resourceOf(request),
    ...(ifMatch === undefined ? {} : { ifMatch }),
    ...(onlyCreate(request.conditions) ? { onlyCreate: true } : {}),
  } as const
}

/** The next version of a resource, or its first under an id that the caller chose (http://hl7.org/fhir/R4/http.html#update, #concurrency). */
export const update = writeOne({
  ...route,
  path: '[type]/[id]',
  change: (request) => {
    const { id, query } = request
    refuseParameters(query)
    const changed = change(request)
    checkId(changed.resource, id)
    return { ...changed, id }
  },
})

/**
 * The next version of the one resource that matches, or its first where none does (http://hl7.org/fhir/R4/http.html#cond-update). 412 where more
 * match; 400 where the resource has another id than the one that matches.
 */
export const conditionalUpdate = writeOne({
  ...route,
  path: '[type]',
  change: (request) => ({ ...change(request), condition: conditionIn(request.query) }),
})
