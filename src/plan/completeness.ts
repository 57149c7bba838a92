import type { CarePlan, RelatedPerson } from 'fhir/r4.js'
import { type Issue, isError } from '../fhir/outcome.ts'
import { activateDraft } from './activation.ts'
import { EXTENSION, INTERVENTIONS } from './codes.ts'
import {
  contentOf,
  extension,
  extensions,
  interventionOf,
  isPlaceOfCare,
  isPlaceOfDeath,
  ofType,
  type PersonRecord,
  personRecord,
  planType,
} from './person.ts'
import {
  capacitiesOf,
  cprRecommendationsOf,
  hasRegisteredSigner,
  hasSeniorSigner,
  involvementOf,
  isBlank,
  provenancesOf,
  recommendationsOf,
} from './rules/content.ts'
import { checkPerson } from './rules/index.ts'

/** One thing that a plan should say, and whether it does. */
export type CompletenessItem = Readonly<{ code: string; text: string; met: boolean }>

export type Completeness = Readonly<{
  /** Share of the items that are met, in whole percent, rounded down: 100 means all. */
  score: number
  items: readonly CompletenessItem[]
  /** For a draft: the errors that keep it from coming into force. */
  blocking: readonly Issue[]
}>

type Item = Readonly<{ code: string; text: string; met: (plan: CarePlan, person: PersonRecord) => boolean }>

const contacts = (plan: CarePlan, person: PersonRecord): RelatedPerson[] =>
  contentOf(person, plan).filter((resource) => resource.resourceType === 'RelatedPerson')

const hasGoal = (kind: string) => (plan: CarePlan, person: PersonRecord) =>
  ofType(person, 'Goal').some(
    (goal) =>
      plan.goal?.some(({ reference }) => reference === `Goal/${goal.id}`) === true &&
      goal.category?.some(({ coding }) => coding?.some(({ code }) => code === kind)) === true,
  )

const hasPlace = (isPlace: typeof isPlaceOfCare) => (plan: CarePlan, person: PersonRecord) =>
  contentOf(person, plan).some((resource) => resource.resourceType === 'Observation' && isPlace(resource))

const REVIEW: Item = {
  code: 'review',
  text: 'A date, or a trigger, for the next review',
  met: (plan) =>
    extension(plan, EXTENSION.reviewDate) !== undefined || extensions(plan, EXTENSION.reviewTrigger).length > 0,
}

/** What a complete emergency care plan says (ReSPECT version 3, sections 2 to 9). */
const EMERGENCY_ITEMS: readonly Item[] = [
  {
    code: 'cpr',
    text: 'A recommendation about CPR',
    met: (plan, person) => cprRecommendationsOf(plan, person).length === 1,
  },
  {
    code: 'overall-focus',
    text: 'The overall focus of care',
    met: (plan) => extension(plan, EXTENSION.overallFocus) !== undefined,
  },
  {
    code: 'interventions',
    text: 'A recommendation about at least one treatment besides CPR',
    met: (plan, person) =>
      recommendationsOf(plan, person).some((consent) => {
        const about = interventionOf(consent)
        return about !== 'cpr' && INTERVENTIONS.some(({ name }) => name === about)
      }),
  },
  {
    code: 'shared-understanding',
    text: 'The shared understanding of health and circumstances',
    met: (plan) => !isBlank(extension(plan, EXTENSION.sharedUnderstanding)?.valueString),
  },
  {
    code: 'capacity',
    text: 'Capacity for this decision',
    met: (plan, person) => capacitiesOf(plan, person).length > 0,
  },
  { code: 'involvement', text: 'How the person was involved', met: (plan) => involvementOf(plan).basis.length > 0 },
  {
    code: 'emergency-contact',
    text: 'A contact for an emergency, with a telephone number',
    met: (plan, person) =>
      contacts(plan, person).some(({ telecom }) =>
        telecom?.some(({ system, value }) => system === 'phone' && !isBlank(value)),
      ),
  },
  {
    code: 'signature',
    text: 'The signature of a registered clinician',
    met: (plan, person) => provenancesOf(plan, person, 'signer').some(hasRegisteredSigner),
  },
  {
    code: 'senior-responsible',
    text: 'The signature of the senior responsible clinician',
    met: (plan, person) => provenancesOf(plan, person, 'signer').some(hasSeniorSigner),
  },
  REVIEW,
]

/** What a complete statement of what matters to a person says. */
const WHAT_MATTERS_ITEMS: readonly Item[] = [
  { code: 'values', text: 'What the person most values', met: hasGoal('value') },
  { code: 'fears', text: 'What the person fears or wishes to avoid', met: hasGoal('fear') },
  { code: 'hopes', text: 'What the person hopes for', met: hasGoal('hope') },
  { code: 'place-of-care', text: 'Where the person would like to be cared for', met: hasPlace(isPlaceOfCare) },
  { code: 'place-of-death', text: 'Where the person would like to die', met: hasPlace(isPlaceOfDeath) },
  REVIEW,
]

/** The errors that a draft would be refused for if it were put into force as it is. */
const blockingIssues = (person: PersonRecord, plan: CarePlan, now: Date): Issue[] => {
  if (plan.status !== 'draft') return []
  const { write } = activateDraft(person, plan, { now, newId: () => 'new' })
  const after = personRecord(person.patient, [...person.resources.values(), ...write])
  return checkPerson(after, { before: person, now }).filter(isError)
}

/** How much of what a plan of its type should say is there: each item counts the same. Says nothing about whether it is right. */
export const completenessOf = (person: PersonRecord, plan: CarePlan, now: Date): Completeness => {
  const items = (planType(plan) === 'what-matters' ? WHAT_MATTERS_ITEMS : EMERGENCY_ITEMS).map(
    ({ code, text, met }) => ({
      code,
      text,
      met: met(plan, person),
    }),
  )
  return {
    score: Math.floor((items.filter(({ met }) => met).length * 100) / items.length),
    items,
    blocking: blockingIssues(person, plan, now),
  }
}
