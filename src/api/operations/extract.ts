import type { Bundle, QuestionnaireResponse } from 'fhir/r4.js'
import { parseFhirJson, stringifyFhirJson } from '../../fhir/json.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { refuseParameters } from '../parameters.ts'
import { withoutId } from '../resource-body.ts'
import type { ApiResponse } from '../route.ts'
import { extractPlan, isResponse } from './captured.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { 'questionnaire-response': 'resource' } as const

const COMMON = { code: 'extract', type: 'QuestionnaireResponse', scope: 'r', purpose: 'care' } as const

/** A completed form as the resources of a plan, in a transaction Bundle that can be submitted; nothing is stored (SDC $extract). */
export const extract: Operation = {
  ...COMMON,
  level: 'type',
  methods: ['POST'],
  body: 'resource',
  input: INPUT,
  handle: async ({ query, resource }) => {
    refuseParameters(query)
    // What comes in a body is not stored yet, whatever id it has elsewhere.
    return answer(withoutId(responseOf(resource)) as QuestionnaireResponse)
  },
}

/** The same for a stored response. */
export const extractStored: Operation = {
  ...COMMON,
  level: 'instance',
  methods: ['GET', 'POST'],
  body: 'optional-resource',
  input: {},
  handle: async ({ cx, id, query, resource }, { records }) => {
    refuseParameters(query)
    inputOf(resource, {})
    const { body } = await records.read(cx, 'QuestionnaireResponse', id)
    return answer(parseFhirJson(body) as QuestionnaireResponse)
  },
}

const responseOf = (resource: Resource | undefined): QuestionnaireResponse => {
  const response = isResponse(resource)
    ? resource
    : inputOf(resource, INPUT, ['questionnaire-response'])['questionnaire-response']
  if (isResponse(response)) return response
  throw problem(
    'bad-request',
    'parameter-malformed',
    'The parameter questionnaire-response must hold a QuestionnaireResponse.',
    {
      expression: 'Parameters.parameter[0].resource',
    },
  )
}

const answer = (response: QuestionnaireResponse): ApiResponse => {
  const bundle: Bundle = {
    resourceType: 'Bundle',
    type: 'transaction',
    entry: extractPlan(response).map(({ fullUrl, resource }) => ({
      fullUrl,
      resource,
      request: { method: 'POST', url: resource.resourceType },
    })),
  }
  return { status: 200, body: stringifyFhirJson(bundle) }
}
