import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { extensions } from '../person.ts'
import { listOf, VALUE_SET } from '../value-sets.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-2 (ReSPECT section 4). That its code is a known one is INV-7. */
export const oneOverallFocus: PlanRule = {
  key: 'RSP-2',
  title: 'An emergency plan has exactly one overall focus',
  severity: 'error',
  source: 'ReSPECT v3 section 4',
  plans: EMERGENCY,
  check: (plan) => {
    const found = extensions(plan, EXTENSION.overallFocus)
    if (found.length === 1) return []
    return found.length === 0
      ? [
          issue(
            'RSP-2',
            at(plan, 'extension'),
            `The plan does not say its overall focus. Add the extension ${EXTENSION.overallFocus} with one of: ${listOf(VALUE_SET.overallFocus)}.`,
          ),
        ]
      : [
          issue(
            'RSP-2',
            atExtension(plan, EXTENSION.overallFocus),
            `The plan has ${found.length} overall focuses; exactly one can hold. Leave out all but the one that was agreed.`,
          ),
        ]
  },
}
