import type { CarePlan, Consent } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { POLICY } from '../jurisdiction.ts'
import { extension, recommendationOf } from '../person.ts'
import { cprRecommendationsOf, discussionOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** A copy says what is on the paper: to refuse it would keep a decision that was signed from those who need it. */
const isTranscribed = (plan: CarePlan): boolean => extension(plan, EXTENSION.recordSource)?.valueCode === 'transcribed'

const finding = (consent: Consent, severity: Issue['severity'], text: string): Issue =>
  issue('RSP-12', at(consent, 'extension'), `${text} Add it to the extension ${EXTENSION.discussion}.`, { severity })

/**
 * RSP-12. Whether a discussion that is missing is an error is for the law of the nation (`POLICY`). Who knows of the recommendation only
 * warns: no law asks that it be recorded, and a decision that was discussed must not be kept from a crew for want of it.
 */
export const cprDiscussed: PlanRule = {
  key: 'RSP-12',
  title: 'CPR not recommended was discussed, or it is said why not, and who knows of it',
  severity: 'error',
  source: 'ReSPECT v3 section 4; domain reference 2.2; law of the four nations',
  plans: EMERGENCY,
  check: (plan, person, { jurisdiction }) =>
    cprRecommendationsOf(plan, person)
      .filter((consent) => recommendationOf(consent) === 'not-recommended')
      .flatMap((consent) => {
        const discussion = discussionOf(consent)
        const isDiscussed = discussion.with.some((partner) => partner !== 'not-discussed')
        return [
          ...(isDiscussed || discussion.reason !== undefined
            ? []
            : [
                finding(
                  consent,
                  isTranscribed(plan) ? 'warning' : POLICY[jurisdiction].undiscussedCpr.severity,
                  'CPR is not recommended, and it is not said with whom this was discussed, or why with nobody.',
                ),
              ]),
          ...(discussion.personAware === undefined || discussion.familyAware === undefined
            ? [
                finding(
                  consent,
                  'warning',
                  'CPR is not recommended, and it is not said whether the person and their family know of it.',
                ),
              ]
            : []),
        ]
      }),
}
