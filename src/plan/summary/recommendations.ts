import type { Consent } from 'fhir/r4.js'
import { type DecisionBasis, EXTENSION, INTERVENTIONS, type Intervention, type Recommendation } from '../codes.ts'
import { extension, extensions, interventionOf, type PersonRecord, recommendationOf } from '../person.ts'
import { decidedText } from './attribution.ts'
import { consentsInForce, decidedBy, provisionText } from './consents.ts'
import { shownDay } from './dates.ts'
import { type Content, element, type Markup, paragraph, source, spaced, strong } from './narrative.ts'
import { listed, sentence, shownText } from './plain-text.ts'
import {
  BASIS_WORDING,
  CPR_WORDING,
  DISCUSSION_WORDING,
  RATIONALE_WORDING,
  RECOMMENDATION_WORDING,
  worded,
} from './wording.ts'

/** One recommendation of the active plan as it was authored, its texts cleaned for showing. */
export type ReadRecommendation = Readonly<{
  consent: Consent
  /** Undefined where the code is none of INTERVENTIONS: it is still shown, last. */
  intervention: Intervention | undefined
  name: string
  /** `unknown` where the Consent carries no known code: never inferred from permit or deny. */
  recommendation: Recommendation
  basis: DecisionBasis | undefined
  reasons: readonly string[]
  rationale: string | undefined
  condition: string | undefined
  /** In words, whole sentences: with whom it was discussed or why not, and who is aware of it. */
  discussion: string | undefined
  decidedOn: string | undefined
  decidedBy: string | undefined
  reviewDate: string | undefined
}>

/** The recommendations of the active plans: CPR first, then the order of INTERVENTIONS, then any that it does not know. */
export const readRecommendations = (person: PersonRecord, now: Date): ReadRecommendation[] =>
  consentsInForce(person, 'emergency-recommendation', now)
    .map((consent) => readRecommendation(person, consent))
    .sort((one, other) => rank(one) - rank(other))

const rank = ({ intervention }: ReadRecommendation): number => {
  const index = INTERVENTIONS.findIndex(({ name }) => name === intervention)
  return index === -1 ? INTERVENTIONS.length : index
}

const readRecommendation = (person: PersonRecord, consent: Consent): ReadRecommendation => {
  const intervention = interventionOf(consent)
  const rationale = extension(consent, EXTENSION.rationale)
  return {
    consent,
    intervention,
    name:
      INTERVENTIONS.find(({ name }) => name === intervention)?.display ??
      provisionText(consent) ??
      'Intervention without a known code',
    recommendation: knownRecommendation(recommendationOf(consent)),
    basis: extension(consent, EXTENSION.basis)?.valueCode as DecisionBasis | undefined,
    reasons: extensions(rationale, 'reason').map(({ valueCode }) => worded(RATIONALE_WORDING, valueCode ?? 'other')),
    rationale: shownText(extension(rationale, 'text')?.valueString),
    condition: shownText(extension(consent, EXTENSION.condition)?.valueString),
    discussion: discussionText(consent),
    decidedOn: consent.dateTime,
    decidedBy: decidedBy(person, consent),
    reviewDate: extension(consent, EXTENSION.reviewDate)?.valueDate,
  }
}

const knownRecommendation = (code: Recommendation | undefined): Recommendation =>
  code !== undefined && Object.hasOwn(RECOMMENDATION_WORDING, code) ? code : 'unknown'

const discussionText = (consent: Consent): string | undefined => {
  const discussion = extension(consent, EXTENSION.discussion)
  if (discussion === undefined) return undefined
  const codes = extensions(discussion, 'with').map(({ valueCode }) => valueCode ?? '')
  const partners = codes.filter((code) => code !== 'not-discussed').map((code) => worded(DISCUSSION_WORDING, code))
  const reason = shownText(extension(discussion, 'reason')?.valueString)
  const aware = (url: string, who: string): string | undefined => {
    const value = extension(discussion, url)?.valueBoolean
    return value === undefined ? undefined : `${who} ${value ? 'is aware of it' : 'is NOT aware of it'}.`
  }
  return [
    partners.length === 0 ? undefined : `Discussed with ${listed(partners)}.`,
    codes.includes('not-discussed') ? 'Not discussed.' : undefined,
    reason === undefined ? undefined : sentence(reason),
    aware('personAware', 'The person'),
    aware('familyAware', 'The family'),
  ]
    .filter((part) => part !== undefined)
    .join(' ')
}

/** Reason codes and text in one: the code `other` says nothing where there is a text. */
export const whyText = ({ reasons, rationale }: ReadRecommendation): string | undefined => {
  const named = rationale === undefined ? reasons : reasons.filter((reason) => reason !== RATIONALE_WORDING.other)
  const parts = [named.length === 0 ? undefined : listed(named), rationale].filter((part) => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(': ')
}

const reasoning = (read: ReadRecommendation): Content[] => {
  const why = whyText(read)
  return [
    read.condition === undefined ? undefined : [strong('When or how: '), sentence(read.condition)],
    why === undefined ? undefined : [strong('Why: '), sentence(why)],
  ]
}

const decision = (read: ReadRecommendation): Markup => {
  const reviewBy = shownDay(read.reviewDate)
  return source(
    spaced(
      decidedText(read.decidedOn, read.decidedBy),
      read.basis === undefined ? undefined : `Basis: ${worded(BASIS_WORDING, read.basis)}.`,
      read.discussion,
      reviewBy === undefined ? undefined : `To be reviewed by ${reviewBy}.`,
    ),
  )
}

/** The decision first, in capitals; then when, why, by whom. */
export const cprNarrative = (cpr: ReadRecommendation): Markup[] => [
  paragraph(CPR_WORDING[cpr.recommendation], `decision ${cpr.recommendation}`),
  paragraph(spaced(...reasoning(cpr), decision(cpr))),
]

export const interventionsNarrative = (recommendations: readonly ReadRecommendation[]): Markup[] =>
  recommendations.map((read) => {
    const verdict = element('span', RECOMMENDATION_WORDING[read.recommendation], 'verdict')
    return paragraph(
      spaced([strong([`${read.name}: `, verdict]), '.'], ...reasoning(read), decision(read)),
      `recommendation ${read.recommendation}`,
    )
  })
