import { PATIENT_COMPARTMENT } from '../../definitions/compartment.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Route } from '../route.ts'
import { answerSearch } from './search-answer.ts'
import { acrossTypes } from './search-system.ts'

const TYPES = Object.keys(PATIENT_COMPARTMENT).sort()

/** What belongs to a person, of one type or of all (http://hl7.org/fhir/R4/compartmentdefinition.html): `Patient/1/CarePlan`, `Patient/1/*`. */
export const searchCompartment: Route = {
  name: 'search-compartment',
  method: 'GET',
  path: 'Patient/[id]/[compartment]',
  scope: 's',
  body: 'none',
  purpose: 'care',
  handle: async ({ type, id, query, ...request }, api) => {
    if (type !== '*' && !TYPES.includes(type)) {
      throw problem(
        'not-found',
        'unknown-compartment',
        `Of these types something belongs to a Patient: ${TYPES.join(', ')}; of all at once with *.`,
        { code: 'not-supported' },
      )
    }
    const asked = type === '*' ? acrossTypes(query, TYPES) : { types: [type], parameters: query }
    return answerSearch(request, api, { ...asked, path: `Patient/${id}/${type}`, compartment: id })
  },
}
