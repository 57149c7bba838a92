import type { CarePlan, Consent } from 'fhir/r4.js'
import type { ConsentCategory } from '../codes.ts'
import { dayOf, goneByAt } from '../dates.ts'
import { consentPeriods, standingOf } from '../in-force.ts'
import { consentCategory, contentOf, type PersonRecord } from '../person.ts'
import { provisionText } from './consents.ts'
import { activePlans } from './content.ts'
import { shownDay } from './dates.ts'
import { type Markup, paragraph } from './narrative.ts'
import { sentence } from './plain-text.ts'

/** A Consent that an active plan names and of which something is over: it is not shown as what holds, and does not vanish without a word. */
export type EndedConsent = Readonly<{
  plan: CarePlan
  category: ConsentCategory | undefined
  what: string
  /** The first day (YYYY-MM-DD) on which it did not hold; undefined where the end cannot be read. */
  from: string | undefined
}>

export const readEnded = (person: PersonRecord, now: Date): EndedConsent[] =>
  activePlans(person).flatMap((plan) =>
    contentOf(person, plan)
      .filter((resource): resource is Consent => resource.resourceType === 'Consent' && resource.status === 'active')
      .flatMap((consent) => {
        const over = consentPeriods(consent).filter(({ period }) => standingOf(period, now) === 'over')
        if (over.length === 0) return []
        const ends = over.flatMap(({ period }) => goneByAt(period.end as string) ?? [])
        const from = ends.length === 0 ? undefined : dayOf(new Date(Math.min(...ends)))
        return [{ plan, category: consentCategory(consent), what: nameOf(consent), from }]
      }),
  )

const nameOf = (consent: Consent): string => {
  const about = provisionText(consent)
  switch (consentCategory(consent)) {
    case 'advance-refusal':
      return `an advance refusal${about === undefined ? '' : ` of ${about}`}`
    case 'welfare-proxy':
      return 'the powers of a legal proxy'
    default:
      return about === undefined ? 'a recommendation' : `a recommendation about ${about}`
  }
}

/** What is over, in words: all of it, or part of it. */
export const endedText = ({ what, from }: EndedConsent): string =>
  `${what}${from === undefined ? '' : ` (does not hold since ${shownDay(from)})`}`

export const endedNarrative = (ended: readonly EndedConsent[], category: ConsentCategory): Markup[] =>
  ended
    .filter((one) => one.category === category)
    .map((one) => paragraph(sentence(`Over, at least in part, and not in force any more: ${endedText(one)}`), 'source'))
