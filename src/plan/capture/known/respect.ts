import type { CarePlan, Consent, Observation, QuestionnaireResponseItem, RelatedPerson } from 'fhir/r4.js'
import { EXTENSION, SYSTEM } from '../../codes.ts'
import {
  codeIn,
  consentCategory,
  contentOf,
  extension,
  extensions,
  isCapacity,
  type PersonRecord,
} from '../../person.ts'
import { knownContact } from './contact.ts'
import { choice, question, section } from './item.ts'
import { knownKeyInformation } from './key-information.ts'
import { holderOf, knownProxies } from './proxy.ts'
import { knownRecommendations } from './recommendation.ts'

const knownCapacity = (capacity: Observation | undefined): QuestionnaireResponseItem[] =>
  section(
    'capacity',
    choice('capacity.finding', SYSTEM.capacity, codeIn(capacity?.valueCodeableConcept, SYSTEM.capacity)),
    question('capacity.reason', 'valueString', extension(capacity, EXTENSION.capacityReason)?.valueString),
  )

/** What `respect` makes a plan of. */
export const knownRespect = (person: PersonRecord, plan: CarePlan | undefined): QuestionnaireResponseItem[] => {
  if (plan === undefined) return []
  const content = contentOf(person, plan)
  const consents = content.filter((resource): resource is Consent => resource.resourceType === 'Consent')
  const powers = consents.filter((consent) => consentCategory(consent) === 'welfare-proxy')
  const holders = powers.map((power) => holderOf(person, power))
  const contacts = content.filter(
    (resource): resource is RelatedPerson => resource.resourceType === 'RelatedPerson' && !holders.includes(resource),
  )
  const involvement = extension(plan, EXTENSION.involvement)
  return [
    ...section(
      'understanding',
      question('understanding.summary', 'valueString', extension(plan, EXTENSION.sharedUnderstanding)?.valueString),
      question('understanding.special-note', 'valueString', ...(plan.note ?? []).map(({ text }) => text)),
    ),
    ...knownProxies(person, plan, powers),
    ...section(
      'focus',
      choice(
        'focus.overall',
        SYSTEM.overallFocus,
        codeIn(extension(plan, EXTENSION.overallFocus)?.valueCodeableConcept, SYSTEM.overallFocus),
      ),
    ),
    ...knownRecommendations(consents.filter((consent) => consentCategory(consent) === 'emergency-recommendation')),
    ...knownCapacity(
      content.find(
        (resource): resource is Observation => resource.resourceType === 'Observation' && isCapacity(resource),
      ),
    ),
    ...section(
      'involvement',
      choice(
        'involvement.basis',
        SYSTEM.involvement,
        ...extensions(involvement, 'basis').map((basis) => basis.valueCode),
      ),
      question('involvement.reason', 'valueString', extension(involvement, 'reason')?.valueString),
    ),
    ...contacts.flatMap((contact) => section('contact', knownContact(contact, 'contact'))),
    ...knownKeyInformation(content),
    ...section(
      'review',
      question('review.date', 'valueDate', extension(plan, EXTENSION.reviewDate)?.valueDate),
      question(
        'review.trigger',
        'valueString',
        ...extensions(plan, EXTENSION.reviewTrigger).map((trigger) => trigger.valueString),
      ),
    ),
  ]
}
