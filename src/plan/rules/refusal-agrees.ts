import type { CarePlan, Consent } from 'fhir/r4.js'
import { hasCoding } from '../../fhir/identifier.ts'
import { issue } from '../../fhir/outcome.ts'
import { EXTENSION, INTERVENTIONS, type Intervention, type Recommendation } from '../codes.ts'
import { atExtension } from '../expression.ts'
import { asItHolds } from '../in-force.ts'
import { POLICY } from '../jurisdiction.ts'
import { consentCategory, interventionOf, type PersonRecord, recommendationOf } from '../person.ts'
import { consentsOf, recommendationsOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

const FORCE = {
  'binding-if-valid-and-applicable': 'binding where it is valid and applicable',
  persuasive: 'to be given weight',
} as const

/** The recommendations of a plan for what the person refused in advance, with the refusals, as far as both hold at this moment. */
export const contradictedByRefusals = (
  plan: CarePlan,
  person: PersonRecord,
  now: Date,
): { consent: Consent; intervention: Intervention; recommendation: Recommendation; refusals: readonly Consent[] }[] => {
  const refused = new Map<Intervention, Consent[]>()
  for (const consent of consentsOf(plan, person).filter((one) => consentCategory(one) === 'advance-refusal')) {
    const codings = asItHolds(consent, now)
      ?.provision?.provision?.flatMap(({ code }) => code ?? [])
      .flatMap(({ coding }) => coding ?? [])
    for (const { name: intervention, system, code } of INTERVENTIONS) {
      if (hasCoding(codings, system, code)) refused.set(intervention, [...(refused.get(intervention) ?? []), consent])
    }
  }
  return recommendationsOf(plan, person).flatMap((consent) => {
    const intervention = interventionOf(consent)
    const recommendation = recommendationOf(consent)
    const refusals = intervention === undefined ? undefined : refused.get(intervention)
    if (intervention === undefined || refusals === undefined || asItHolds(consent, now) === undefined) return []
    return recommendation === 'recommended' || recommendation === 'conditional'
      ? [{ consent, intervention, recommendation, refusals }]
      : []
  })
}

/**
 * Reference 9.3, risk 4. A refusal made in advance and a recommendation can both be right, since the refusal may be for other circumstances.
 * So this only warns: which of the two prevails is for people to say, and the law differs between the nations.
 */
export const refusalAgrees: PlanRule = {
  key: 'refusal-contradicted',
  title: 'What the person refused in advance is not recommended',
  severity: 'warning',
  source: 'Domain model section 4; law of the four nations',
  plans: EMERGENCY,
  check: (plan, person, { jurisdiction, now }) => {
    const { name, refusal } = POLICY[jurisdiction]
    return contradictedByRefusals(plan, person, now).map(({ consent, intervention, recommendation }) =>
      issue(
        'refusal-contradicted',
        atExtension(consent, EXTENSION.recommendation),
        `The plan recommends ${intervention} (${recommendation}), and holds an advance refusal of it, in ${name} ${FORCE[refusal.force]} (${refusal.law}). Find out which of the two holds now, and say so in the circumstances of the refusal or in a new recommendation.`,
        { severity: 'warning' },
      ),
    )
  },
}
