import type {
  CarePlan,
  FhirResource,
  Questionnaire,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
} from 'fhir/r4.js'
import { type Issue, issue, Problem } from '../fhir/outcome.ts'
import { resourceKey } from '../fhir/resource.ts'
import { itemsOf } from './capture/items.ts'
import { asksKeyInformation } from './capture/known/key-information.ts'
import { knownRespect } from './capture/known/respect.ts'
import { knownWhatMatters } from './capture/known/what-matters.ts'
import { readAnswers } from './capture/read-answers.ts'
import { type PlanType, QUESTIONNAIRE } from './codes.ts'
import {
  activePlan,
  consentCategory,
  contentOf,
  isCapacity,
  isPlaceOfCare,
  isPlaceOfDeath,
  type PersonRecord,
} from './person.ts'

/** What belongs to one sitting and is never pre-filled: when it took place, how it came to be written down, and who signed it. */
export const NEW_AT_EACH_SITTING: ReadonlySet<string> = new Set([
  'conversation.date',
  'plan.decision-date',
  'plan.source',
  'clinician',
])

type Population = Readonly<{
  type: PlanType
  known: (person: PersonRecord, plan: CarePlan | undefined) => QuestionnaireResponseItem[]
  /** Whether the form asks about such a part of a plan. */
  asks: (resource: FhirResource) => boolean
}>

const POPULATION: Readonly<Record<string, Population>> = {
  [QUESTIONNAIRE.whatMatters]: {
    type: 'what-matters',
    known: knownWhatMatters,
    asks: (resource) =>
      resource.resourceType === 'Goal' ||
      resource.resourceType === 'RelatedPerson' ||
      (resource.resourceType === 'Observation' && (isPlaceOfCare(resource) || isPlaceOfDeath(resource))),
  },
  [QUESTIONNAIRE.respect]: {
    type: 'emergency-care',
    known: knownRespect,
    asks: (resource) =>
      resource.resourceType === 'RelatedPerson' ||
      (resource.resourceType === 'Observation' && isCapacity(resource)) ||
      asksKeyInformation(resource) ||
      (resource.resourceType === 'Consent' && consentCategory(resource) !== 'advance-refusal'),
  },
}

/** The linkId of the item that an expression leads to, or into. */
const linkIdAt = (response: QuestionnaireResponse, expression: string): string => {
  let items = response.item ?? []
  let linkId = ''
  for (const [, index] of expression.matchAll(/item\[(\d+)\]/g)) {
    const item = items[Number(index)]
    linkId = item?.linkId ?? linkId
    items = item?.item ?? []
  }
  return linkId
}

/** What is known and cannot be an answer to this form: the person who fills it in must know that it is missing. */
const leftOut = (response: QuestionnaireResponse, found: readonly Issue[]): Issue[] =>
  found
    .filter(({ key }) => key !== 'extract-required')
    .map(({ text, expression = '' }) =>
      issue(
        'populate-left-out',
        `QuestionnaireResponse.descendants().where(linkId='${linkIdAt(response, expression)}')`,
        `Something that is known about ${linkIdAt(response, expression)} was left out, because it cannot be an answer to it. ${text}`,
        { severity: 'warning', code: 'incomplete' },
      ),
    )

const notAsked = (resources: readonly FhirResource[]): Issue[] =>
  resources.map((resource) =>
    issue(
      'populate-not-asked',
      'CarePlan.supportingInfo',
      `The active plan holds ${resourceKey(resource)}, which this form does not ask about. A plan made from this form alone would be without it: name it in CarePlan.supportingInfo if it still holds.`,
      { severity: 'warning', code: 'incomplete' },
    ),
  )

/**
 * The form as far as its answers are known: those of the active plan of its type, and for what-matters-to-me the sharing decision in
 * force. A response in progress to be looked through and completed by whoever holds the conversation: what is new at each sitting is
 * never in it (`NEW_AT_EACH_SITTING`). It obeys the Questionnaire, but for required answers that are missing. `extractResponse` of the
 * completed form gives the same content again. Pure: the same record gives the same bytes.
 *
 * Issues (warnings): what is known and could not be put into the form (`populate-left-out`), and what the plan holds that the form does not ask
 * about (`populate-not-asked`). Throws a Problem `unprocessable` for another Questionnaire.
 */
export const populateResponse = (
  person: PersonRecord,
  questionnaire: Questionnaire,
): { response: QuestionnaireResponse; issues: readonly Issue[] } => {
  const population = POPULATION[questionnaire.url ?? '']
  if (population === undefined) {
    throw new Problem('unprocessable', [
      issue(
        'populate-questionnaire',
        'Questionnaire.url',
        `These Questionnaires can be populated: ${Object.keys(POPULATION).join(', ')}.`,
        { code: 'not-supported' },
      ),
    ])
  }
  const plan = activePlan(person, population.type)
  const draft: QuestionnaireResponse = {
    resourceType: 'QuestionnaireResponse',
    questionnaire: `${questionnaire.url}|${questionnaire.version}`,
    status: 'in-progress',
    subject: { reference: resourceKey(person.patient) },
    item: population.known(person, plan),
  }
  const { answers, issues } = readAnswers(draft, questionnaire)
  const { item: _, ...envelope } = draft
  const item = itemsOf(questionnaire.item ?? [], answers)
  const others = plan === undefined ? [] : contentOf(person, plan).filter((resource) => !population.asks(resource))
  return {
    response: item.length === 0 ? envelope : { ...envelope, item },
    issues: [
      ...leftOut(draft, issues),
      ...notAsked(others.filter(({ resourceType }) => resourceType !== 'QuestionnaireResponse')),
    ],
  }
}
