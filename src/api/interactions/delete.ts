import { servedType } from '../../definitions/served.ts'
import { problem } from '../../fhir/outcome.ts'
import { conditionIn, refuseConditions, requiredVersion } from '../conditions.ts'
import { refuseParameters } from '../parameters.ts'
import type { ApiRequest } from '../route.ts'
import { writeOne } from '../write-one.ts'

const route = { name: 'delete', method: 'DELETE', scope: 'd', body: 'none', purpose: 'care' } as const

const change = ({ type, conditions }: ApiRequest, allowed: string) => {
  if (servedType(type)?.kept === true) {
    throw problem(
      'method-not-allowed',
      'never-deleted',
      `A ${type} is the record of who did what, or was asked to, and is never deleted.`,
      { headers: { Allow: allowed } },
    )
  }
  refuseConditions(conditions, 'ifNoneMatch', 'ifNoneExist')
  const ifMatch = requiredVersion(conditions)
  return { do: 'delete', type, ...(ifMatch === undefined ? {} : { ifMatch }) } as const
}

/** Ends a resource; its versions stay in the history (http://hl7.org/fhir/R4/http.html#delete). */
export const deletion = writeOne({
  ...route,
  path: '[type]/[id]',
  change: (request) => {
    refuseParameters(request.query)
    return { ...change(request, 'GET, HEAD, PUT, PATCH'), id: request.id }
  },
})

/** Ends the one resource that matches (http://hl7.org/fhir/R4/http.html#cdelete): 204 where there is none, 412 where there are more. */
export const conditionalDeletion = writeOne({
  ...route,
  path: '[type]',
  change: (request) => ({
    ...change(request, 'GET, HEAD, POST, PUT, PATCH'),
    condition: conditionIn(request.query),
  }),
})
