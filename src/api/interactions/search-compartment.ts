import { PATIENT_COMPARTMENT } from '../../definitions/compartment.ts'
import type { Route } from '../route.ts'
import { answerSearch } from './search-answer.ts'
import { acrossTypes } from './search-system.ts'

const COMMON = { name: 'search-compartment', method: 'GET', scope: 's', body: 'none', purpose: 'care' } as const

const TYPES = Object.keys(PATIENT_COMPARTMENT).sort()

/** What belongs to a person, of one type or of all (http://hl7.org/fhir/R4/compartmentdefinition.html): `Patient/1/CarePlan`, `Patient/1/*`. */
export const searchCompartment: readonly Route[] = [
  ...TYPES.map(
    (type): Route => ({
      ...COMMON,
      path: `Patient/[id]/${type}`,
      handle: ({ id, query, ...request }, api) =>
        answerSearch(request, api, {
          types: [type],
          parameters: query,
          path: `Patient/${id}/${type}`,
          compartment: id,
        }),
    }),
  ),
  {
    ...COMMON,
    path: 'Patient/[id]/*',
    handle: ({ id, query, ...request }, api) =>
      answerSearch(request, api, { ...acrossTypes(query, TYPES), path: `Patient/${id}/*`, compartment: id }),
  },
]
