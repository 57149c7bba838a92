import type { Questionnaire, QuestionnaireResponse } from 'fhir/r4.js'
import { type Issue, issue, Problem } from '../fhir/outcome.ts'
import { parseReference } from '../fhir/resource.ts'
import { type Captured, type Entry, withSource } from './capture/entry.ts'
import { fullUrls } from './capture/full-url.ts'
import { readAnswers } from './capture/read-answers.ts'
import { respect } from './capture/respect.ts'
import { whatMatters } from './capture/what-matters.ts'
import { QUESTIONNAIRE } from './codes.ts'

const EXTRACTION: Readonly<Record<string, (captured: Captured) => Entry[]>> = {
  [QUESTIONNAIRE.whatMatters]: whatMatters,
  [QUESTIONNAIRE.respect]: respect,
}

/** What must hold of the response before its answers can mean anything. */
const checkEnvelope = (response: QuestionnaireResponse, questionnaire: Questionnaire): Issue[] => {
  const issues: Issue[] = []
  const [url, version] = (response.questionnaire ?? '').split('|')
  if (url !== questionnaire.url) {
    issues.push(
      issue(
        'extract-questionnaire',
        'QuestionnaireResponse.questionnaire',
        `The response must be to ${questionnaire.url}.`,
        { code: 'value' },
      ),
    )
  } else if (version !== undefined && version !== questionnaire.version) {
    issues.push(
      issue(
        'extract-questionnaire',
        'QuestionnaireResponse.questionnaire',
        `The response must be to version ${questionnaire.version} of the Questionnaire, the one in use.`,
        { code: 'value' },
      ),
    )
  }
  if (response.status !== 'completed' && response.status !== 'amended') {
    issues.push(
      issue(
        'extract-status',
        'QuestionnaireResponse.status',
        'Only a response with status completed or amended becomes a plan.',
        { code: 'value' },
      ),
    )
  }
  const subject = response.subject?.reference
  if (parseReference(subject)?.type !== 'Patient' && subject?.startsWith('urn:uuid:') !== true) {
    issues.push(
      issue(
        'extract-subject',
        'QuestionnaireResponse.subject',
        'The response must name the person: Patient/[id], or the urn:uuid: of a Patient in the same Bundle.',
        { code: 'required' },
      ),
    )
  }
  return issues
}

/**
 * The resources that a response to one of KeyPlan's two Questionnaires becomes, ready to be the entries of a transaction: the
 * draft CarePlan first, then what it consists of, its signatures, and the response itself unless it has an id (then it is
 * stored already and is referred to as `QuestionnaireResponse/[id]`). They refer to each other by `fullUrl`, which is made from
 * the response alone: the same response gives the same bytes. Which element an answer becomes is said in `Questionnaire.item.definition`.
 *
 * Throws a Problem `unprocessable` with every issue of a response that does not obey its Questionnaire.
 * Whether the plan is clinically complete is for the rules, not for extraction.
 * @param response structurally valid R4
 * @param questionnaire the definition in use of the Questionnaire that it answers
 */
export const extractResponse = (response: QuestionnaireResponse, questionnaire: Questionnaire): readonly Entry[] => {
  const extraction = EXTRACTION[questionnaire.url ?? '']
  if (extraction === undefined) {
    const known = Object.keys(EXTRACTION).join(', ')
    throw new Problem('unprocessable', [
      issue(
        'extract-questionnaire',
        'QuestionnaireResponse.questionnaire',
        `Responses to these Questionnaires can be extracted: ${known}.`,
        { code: 'not-supported' },
      ),
    ])
  }
  const envelope = checkEnvelope(response, questionnaire)
  const { answers, issues } = readAnswers(response, questionnaire)
  if (envelope.length + issues.length > 0) throw new Problem('unprocessable', [...envelope, ...issues])
  const fullUrl = fullUrls(JSON.stringify(response))
  const source = { reference: response.id === undefined ? fullUrl('response') : `QuestionnaireResponse/${response.id}` }
  const captured = { answers, subject: { reference: response.subject?.reference }, source, fullUrl }
  return withSource(extraction(captured), captured, response)
}
