import type { Route } from '../route.ts'
import { answerSearch } from './search-answer.ts'

const COMMON = { name: 'search-type', scope: 's', purpose: 'care' } as const

/** The resources of a type that match all parameters, a page at a time (http://hl7.org/fhir/R4/http.html#search). */
export const searchByGet: Route = {
  ...COMMON,
  method: 'GET',
  path: '[type]',
  body: 'none',
  handle: (request, api) =>
    answerSearch(request, api, { types: [request.type], parameters: request.query, path: request.type }),
}

/** The same search with its parameters in the body, where identifiers of persons belong, or some of them in the URL. */
export const searchByPost: Route = {
  ...COMMON,
  method: 'POST',
  path: '[type]/_search',
  body: 'form',
  handle: (request, api) =>
    answerSearch(request, api, {
      types: [request.type],
      parameters: [...request.query, ...request.form],
      path: request.type,
      hidden: true,
    }),
}
