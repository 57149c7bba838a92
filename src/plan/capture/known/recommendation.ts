import type { Consent, QuestionnaireResponseItem } from 'fhir/r4.js'
import { EXTENSION, INTERVENTIONS, SYSTEM } from '../../codes.ts'
import { extension, extensions, interventionOf, recommendationOf } from '../../person.ts'
import { choice, question, section } from './item.ts'

/** What `recommendation` makes the authored decision of. Permit and deny are derived from it and say nothing of their own. */
const knownRecommendation = (consent: Consent, linkId: string): QuestionnaireResponseItem[] => {
  const rationale = extension(consent, EXTENSION.rationale)
  const discussion = extension(consent, EXTENSION.discussion)
  return [
    ...choice(`${linkId}.recommendation`, SYSTEM.recommendation, recommendationOf(consent)),
    ...question(`${linkId}.condition`, 'valueString', extension(consent, EXTENSION.condition)?.valueString),
    ...choice(`${linkId}.basis`, SYSTEM.basis, extension(consent, EXTENSION.basis)?.valueCode),
    ...question(`${linkId}.rationale`, 'valueString', extension(rationale, 'text')?.valueString),
    ...choice(`${linkId}.rationale-reason`, SYSTEM.rationale, extension(rationale, 'reason')?.valueCode),
    ...choice(
      `${linkId}.discussed-with`,
      SYSTEM.discussion,
      ...extensions(discussion, 'with').map((partner) => partner.valueCode),
    ),
    ...question(`${linkId}.discussion-reason`, 'valueString', extension(discussion, 'reason')?.valueString),
    ...question(`${linkId}.person-aware`, 'valueBoolean', extension(discussion, 'personAware')?.valueBoolean),
    ...question(`${linkId}.family-aware`, 'valueBoolean', extension(discussion, 'familyAware')?.valueBoolean),
    ...question(`${linkId}.review-date`, 'valueDate', extension(consent, EXTENSION.reviewDate)?.valueDate),
  ]
}

/** The recommendation on resuscitation, and those on other interventions in the order in which the plan names them. */
export const knownRecommendations = (consents: readonly Consent[]): QuestionnaireResponseItem[] =>
  consents.flatMap((consent) => {
    const about = INTERVENTIONS.find(({ name }) => name === interventionOf(consent))
    return about?.name === 'cpr'
      ? section('cpr', knownRecommendation(consent, 'cpr'))
      : section(
          'intervention',
          about === undefined ? [] : choice('intervention.kind', about.system, about.code),
          knownRecommendation(consent, 'intervention'),
        )
  })
