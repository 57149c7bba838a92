import type { CarePlan, Goal, Observation, QuestionnaireResponseItem, RelatedPerson } from 'fhir/r4.js'
import { EXTENSION, SYSTEM, type WhatMattersKind } from '../../codes.ts'
import { activeSharingDecisions, sharingDecisionCode } from '../../jurisdiction.ts'
import { codeIn, contentOf, extension, isPlaceOfCare, isPlaceOfDeath, type PersonRecord } from '../../person.ts'
import { KINDS } from '../what-matters.ts'
import { knownContact } from './contact.ts'
import { choice, question, section } from './item.ts'

const ABSENT = 'http://terminology.hl7.org/CodeSystem/data-absent-reason'

const isOf = (goal: Goal, kind: WhatMattersKind): boolean =>
  goal.category?.some((category) => codeIn(category, SYSTEM.whatMatters) === kind) === true

const knownGoals = (goals: readonly Goal[]): QuestionnaireResponseItem[] =>
  KINDS.flatMap((kind) =>
    goals
      .filter((goal) => isOf(goal, kind))
      .flatMap((goal) =>
        goal.description.text === undefined
          ? choice(`${kind}-absent`, ABSENT, extension(goal.description, EXTENSION.dataAbsentReason)?.valueCode)
          : section(
              kind,
              question(`${kind}.words`, 'valueString', goal.description.text),
              question(`${kind}.importance`, 'valueInteger', extension(goal, EXTENSION.importance)?.valueInteger),
              question(`${kind}.confidence`, 'valueInteger', extension(goal, EXTENSION.confidence)?.valueInteger),
            ),
      ),
  )

/** A place in the words of its note is one that was given in own words alone. */
const knownPlace = (linkId: string, place: Observation | undefined): QuestionnaireResponseItem[] => {
  const { coding, text } = place?.valueCodeableConcept ?? {}
  const words = place?.note?.map((note) => note.text).join('\n')
  const [chosen] = coding ?? []
  return section(
    linkId,
    chosen === undefined
      ? question(`${linkId}.place`, 'valueString', text === words ? undefined : text)
      : question(`${linkId}.place`, 'valueCoding', chosen),
    question(`${linkId}.words`, 'valueString', words),
    question(`${linkId}.absent`, 'valueCoding', place?.dataAbsentReason?.coding?.[0]),
  )
}

/** What `whatMatters` makes a plan and the sharing decision of; the decision is known also where there is no plan. */
export const knownWhatMatters = (person: PersonRecord, plan: CarePlan | undefined): QuestionnaireResponseItem[] => {
  const content = plan === undefined ? [] : contentOf(person, plan)
  const goals = content.filter((resource): resource is Goal => resource.resourceType === 'Goal')
  const places = content.filter((resource): resource is Observation => resource.resourceType === 'Observation')
  const contacts = content.filter((resource): resource is RelatedPerson => resource.resourceType === 'RelatedPerson')
  const [decision] = activeSharingDecisions(person)
  return [
    ...section(
      'conversation',
      question('conversation.helper', 'valueString', ...(plan?.contributor ?? []).map(({ display }) => display)),
    ),
    ...knownGoals(goals),
    ...knownPlace('place-of-care', places.find(isPlaceOfCare)),
    ...knownPlace('place-of-death', places.find(isPlaceOfDeath)),
    ...contacts.flatMap((contact) => section('contact', knownContact(contact, 'contact'))),
    ...section(
      'sharing',
      choice(
        'sharing.decision',
        SYSTEM.sharingDecision,
        decision === undefined ? undefined : sharingDecisionCode(decision),
      ),
    ),
  ]
}
