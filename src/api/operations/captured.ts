import type { QuestionnaireResponse } from 'fhir/r4.js'
import { loadPackage } from '../../definitions/package.ts'
import { isError, Problem, problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'
import { extractResponse } from '../../plan/extract.ts'
import { validateResource } from '../../validation/validate.ts'

/**
 * The resources of the plan that a completed form says, the form itself among them unless it has an id. Throws `bad-request` for
 * a response that is no valid R4, `unprocessable` for one whose Questionnaire is not known or not obeyed, each with all issues.
 */
export const extractPlan = (response: QuestionnaireResponse): ReturnType<typeof extractResponse> => {
  const broken = validateResource(response)
  if (broken.some(isError)) throw new Problem('bad-request', broken)
  const questionnaire =
    response.questionnaire === undefined ? undefined : loadPackage().questionnaire(response.questionnaire)
  if (questionnaire !== undefined) return extractResponse(response, questionnaire)
  throw problem(
    'unprocessable',
    'extract-questionnaire',
    'The response answers no Questionnaire that KeyPlan has. Its questionnaire must be the canonical address of what-matters-to-me or respect-v3, with its version or without.',
    {
      expression: 'QuestionnaireResponse.questionnaire',
      code: 'not-found',
    },
  )
}

export const isResponse = (resource: Resource | undefined): resource is QuestionnaireResponse =>
  resource?.resourceType === 'QuestionnaireResponse'
