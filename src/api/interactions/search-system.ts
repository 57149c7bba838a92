import { SERVED } from '../../definitions/served.ts'
import { malformedParameter } from '../parameters.ts'
import type { Parameter, Route } from '../route.ts'
import { answerSearch, type Searched } from './search-answer.ts'

const COMMON = { name: 'search-system', scope: 's', purpose: 'care' } as const

/**
 * What is asked of several types: those that `_type` names, or all (http://hl7.org/fhir/R4/http.html#search). Each of them has to have every parameter.
 */
export const acrossTypes = (
  parameters: readonly Parameter[],
  among: readonly string[],
): Pick<Searched, 'types' | 'parameters' | 'fixed'> => {
  const named = parameters.filter(([name]) => name === '_type')
  const others = parameters.filter(([name]) => name !== '_type')
  const [first, ...more] = named
  if (first === undefined) return { types: among, parameters: others }
  const types = [...new Set(first[1].split(','))].sort()
  if (more.length > 0 || !types.every((type) => among.includes(type)))
    throw malformedParameter(
      '_type',
      `_type is given once and holds types with commas between, of ${among.join(', ')}.`,
    )
  return { types, parameters: others, fixed: [['_type', types.join()]] }
}

const ALL = SERVED.map(({ type }) => type).sort()

/** The resources of several types that match all parameters, in the order of their types and ids. */
export const searchSystemByGet: Route = {
  ...COMMON,
  method: 'GET',
  path: '',
  body: 'none',
  handle: (request, api) => answerSearch(request, api, { ...acrossTypes(request.query, ALL), path: '' }),
}

export const searchSystemByPost: Route = {
  ...COMMON,
  method: 'POST',
  path: '_search',
  body: 'form',
  handle: (request, api) =>
    answerSearch(request, api, { ...acrossTypes([...request.query, ...request.form], ALL), path: '', hidden: true }),
}
