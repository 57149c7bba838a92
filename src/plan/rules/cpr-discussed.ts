import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at } from '../expression.ts'
import { recommendationOf } from '../person.ts'
import { cprRecommendationsOf, discussionOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-12. */
export const cprDiscussed: PlanRule = {
  key: 'RSP-12',
  title: 'CPR not recommended was discussed, or it is said why not, and who knows of it',
  severity: 'warning',
  source: 'ReSPECT v3 section 4; domain reference 2.2',
  plans: EMERGENCY,
  check: (plan, person) =>
    cprRecommendationsOf(plan, person)
      .filter((consent) => recommendationOf(consent) === 'not-recommended')
      .flatMap((consent) => {
        const discussion = discussionOf(consent)
        const warning = (text: string) =>
          issue('RSP-12', at(consent, 'extension'), `${text} Add it to the extension ${EXTENSION.discussion}.`, {
            severity: 'warning',
          })
        const issues = []
        if (!discussion.with.some((partner) => partner !== 'not-discussed') && discussion.reason === undefined) {
          issues.push(
            warning('CPR is not recommended, and it is not said with whom this was discussed, or why with nobody.'),
          )
        }
        if (discussion.personAware === undefined || discussion.familyAware === undefined) {
          issues.push(
            warning('CPR is not recommended, and it is not said whether the person and their family know of it.'),
          )
        }
        return issues
      }),
}
