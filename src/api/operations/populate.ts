import type { OperationOutcome, Parameters, Questionnaire, QuestionnaireResponse, Reference } from 'fhir/r4.js'
import { loadPackage } from '../../definitions/package.ts'
import { stringifyFhirJson } from '../../fhir/json.ts'
import { operationOutcome, problem } from '../../fhir/outcome.ts'
import { parseReference } from '../../fhir/resource.ts'
import { populateResponse } from '../../plan/populate.ts'
import { refuseParameters } from '../parameters.ts'
import type { Api, ApiRequest, ApiResponse } from '../route.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const OF_FORM = { subject: 'valueReference', local: 'valueBoolean' } as const
/** `questionnaire` as SDC 4 names it, `canonical` as SDC 3 does. */
const OF_ANY = { ...OF_FORM, questionnaire: 'valueUri', canonical: 'valueUri' } as const

const COMMON = {
  code: 'populate',
  type: 'Questionnaire',
  methods: ['POST'],
  scope: 'r',
  body: 'resource',
  purpose: 'care',
} as const

/** A form as far as its answers are known, to be looked through and completed; nothing is stored (SDC $populate). */
export const populate: Operation = {
  ...COMMON,
  level: 'type',
  input: OF_ANY,
  handle: async (request, api) => {
    refuseParameters(request.query)
    const { questionnaire, canonical, ...input } = inputOf(request.resource, OF_ANY, ['subject'])
    if ((questionnaire === undefined) === (canonical === undefined)) {
      throw problem(
        'bad-request',
        'populate-questionnaire',
        'Say which form, once: the canonical address of a Questionnaire in questionnaire (or, as SDC 3 names it, in canonical).',
        { expression: 'Parameters.parameter', code: 'required' },
      )
    }
    return answer(request, api, loadPackage().questionnaire(questionnaire ?? canonical ?? ''), input)
  },
}

/** The same for the form of the path. */
export const populateForm: Operation = {
  ...COMMON,
  level: 'instance',
  input: OF_FORM,
  handle: async (request, api) => {
    refuseParameters(request.query)
    const input = inputOf(request.resource, OF_FORM, ['subject'])
    return answer(request, api, loadPackage().resource('Questionnaire', request.id) as Questionnaire | undefined, input)
  },
}

const answer = async (
  { cx }: ApiRequest,
  { records, baseUrl }: Api,
  questionnaire: Questionnaire | undefined,
  { subject, local = true }: { subject?: Reference; local?: boolean },
): Promise<ApiResponse> => {
  if (questionnaire === undefined) {
    throw problem(
      'not-found',
      'questionnaire-unknown',
      'KeyPlan has no such Questionnaire, or not in this version. GET Questionnaire lists those that it has.',
      { expression: 'questionnaire' },
    )
  }
  if (!local) {
    throw problem(
      'not-supported',
      'parameter-not-supported',
      'A form is populated from what KeyPlan knows of the person. Leave local out, or say true.',
      { expression: 'local' },
    )
  }
  const person = await records.person(cx, patientOf(subject, baseUrl), '$populate')
  const { response, issues } = populateResponse(person, questionnaire)
  const parameters: Parameters & { parameter: { name: string; resource: QuestionnaireResponse | OperationOutcome }[] } =
    {
      resourceType: 'Parameters',
      parameter: [
        { name: 'response', resource: response },
        ...(issues.length === 0 ? [] : [{ name: 'issues', resource: operationOutcome(issues) }]),
      ],
    }
  return { status: 200, body: stringifyFhirJson(parameters) }
}

/** The id of the Patient whom a form is about. */
const patientOf = (subject: Reference | undefined, baseUrl: string): string => {
  const literal = typeof subject?.reference === 'string' ? subject.reference : ''
  const relative = literal.startsWith(`${baseUrl}/`) ? literal.slice(baseUrl.length + 1) : literal
  const parsed = parseReference(relative)
  if (parsed?.type === 'Patient') return parsed.id
  throw problem(
    'bad-request',
    'parameter-malformed',
    'The parameter subject must be a literal reference to a Patient who is registered here, e.g. Patient/123.',
    { expression: 'subject' },
  )
}
