import type { CarePlan, Coding, QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { linkIdOf, SECTIONS } from '../capture/key-information.ts'
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

/** Questions that are answered in words, of which the plan says the answer nowhere. */
const saidNowhere = (response: QuestionnaireResponse, plan: CarePlan, person: PersonRecord): string[] => {
  const content = contentOf(person, plan)
  const medicines = content.flatMap((resource) =>
    resource.resourceType === 'MedicationRequest'
      ? [`${resource.medicationCodeableConcept?.text}|${resource.dosageInstruction?.[0]?.text}`]
      : [],
  )
  const words = (group: QuestionnaireResponseItem, linkId: string) =>
    groups(group.item, linkId)[0]?.answer?.[0]?.valueString
  const isOther = (group: QuestionnaireResponseItem): boolean =>
    !medicines.includes(`${words(group, 'medicine.name')}|${words(group, 'medicine.dose')}`)
  const items = SECTIONS.flatMap(([section, asked]) =>
    groups(response.item, section).flatMap((group) =>
      asked.flatMap((about) => {
        const said = content.flatMap((resource) =>
          resource.resourceType === 'Observation' && codeIn(resource.code, SYSTEM.observation) === about.code
            ? [resource.valueString ?? resource.valueBoolean]
            : [],
        )
        const answers = groups(group.item, linkIdOf(section, about)).flatMap((item) => item.answer ?? [])
        return answers.every(({ valueString, valueBoolean }) => said.includes(valueString ?? valueBoolean))
          ? []
          : [about.code]
      }),
    ),
  )
  return [...(groups(response.item, 'medicine').some(isOther) ? ['a medicine at home'] : []), ...items]
}

const MEND = 'Submit the form alone, from which the plan is made, or correct the one that is wrong.'

const check = (response: QuestionnaireResponse, plan: CarePlan, person: PersonRecord): Issue[] => [
  ...compared(response, plan, person)
    .filter(({ form, plan: said }) => form !== undefined && form !== said)
    .map(({ about, form, plan: said }) =>
      issue(
        'form-contradicted',
        at(response, 'item'),
        `The form says ${form} about ${about}, and the plan that came with it ${said ?? 'nothing'}. ${MEND}`,
      ),
    ),
  // What is said in words is not repeated here: it is about the person.
  ...saidNowhere(response, plan, person).map((about) =>
    issue(
      'form-contradicted',
      at(response, 'item'),
      `What the form says about ${about} stands nowhere in the plan that came with it. ${MEND}`,
    ),
  ),
]

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
