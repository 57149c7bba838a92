import type { CarePlan, Coding, QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { EXTENSION, INTERVENTIONS, type Intervention, QUESTIONNAIRE, SYSTEM } from '../codes.ts'
import { at } from '../expression.ts'
import { codeIn, contentOf, extension, interventionOf, type PersonRecord, recommendationOf } from '../person.ts'
import { capacitiesOf, capacityCode, recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

type Items = readonly QuestionnaireResponseItem[] | undefined

const groups = (items: Items, linkId: string): QuestionnaireResponseItem[] =>
  (items ?? []).filter((item) => item.linkId === linkId)

/** The coded answer to a question of a group. */
const answer = (group: QuestionnaireResponseItem | undefined, linkId: string): Coding | undefined =>
  groups(group?.item, linkId)[0]?.answer?.[0]?.valueCoding

const interventionIn = (coding: Coding | undefined): Intervention | undefined =>
  INTERVENTIONS.find(({ system, code }) => coding !== undefined && hasCoding([coding], system, code))?.name

/** What a form and the plan say on one question: it disagrees where the form has an answer and the plan has another, or none. */
type Compared = Readonly<{ about: string; form: string | undefined; plan: string | undefined }>

const compared = (response: QuestionnaireResponse, plan: CarePlan, person: PersonRecord): Compared[] => {
  const [cpr] = groups(response.item, 'cpr')
  const [focus] = groups(response.item, 'focus')
  const [capacity] = groups(response.item, 'capacity')
  const recommended = new Map(
    recommendationsOf(plan, person).map((consent) => [interventionOf(consent), recommendationOf(consent)]),
  )
  const [observation] = capacitiesOf(plan, person)
  return [
    { about: 'cpr', form: answer(cpr, 'cpr.recommendation')?.code, plan: recommended.get('cpr') },
    ...groups(response.item, 'intervention').flatMap((group) => {
      const intervention = interventionIn(answer(group, 'intervention.kind'))
      if (intervention === undefined) return []
      return [
        {
          about: intervention,
          form: answer(group, 'intervention.recommendation')?.code,
          plan: recommended.get(intervention),
        },
      ]
    }),
    {
      about: 'the overall focus',
      form: answer(focus, 'focus.overall')?.code,
      plan: codeIn(extension(plan, EXTENSION.overallFocus)?.valueCodeableConcept, SYSTEM.overallFocus),
    },
    {
      about: 'capacity',
      form: answer(capacity, 'capacity.finding')?.code,
      plan: observation === undefined ? undefined : capacityCode(observation),
    },
  ]
}

const check = (response: QuestionnaireResponse, plan: CarePlan, person: PersonRecord): Issue[] =>
  compared(response, plan, person)
    .filter(({ form, plan: said }) => form !== undefined && form !== said)
    .map(({ about, form, plan: said }) =>
      issue(
        'form-contradicted',
        at(response, 'item'),
        `The form says ${form} about ${about}, and the plan that came with it ${said ?? 'nothing'}. Submit the form alone, from which the plan is made, or correct the one that is wrong.`,
      ),
    )

/** A form that is kept beside a plan as its source is read as what was agreed; it must not say something else than the plan. */
export const formAgrees: PlanRule = {
  key: 'form-contradicted',
  title: 'A form that a plan names as its source says what the plan says',
  severity: 'error',
  source: 'Domain model, idea “authored once”; hazard H-08',
  plans: EMERGENCY,
  check: (plan, person) =>
    contentOf(person, plan)
      .filter((resource): resource is QuestionnaireResponse => resource.resourceType === 'QuestionnaireResponse')
      .filter(({ questionnaire }) => questionnaire?.split('|')[0] === QUESTIONNAIRE.respect)
      .flatMap((response) => check(response, plan, person)),
}
