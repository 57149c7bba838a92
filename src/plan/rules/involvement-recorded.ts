import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { involvementOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-5 (ReSPECT section 6). C3 alone says only that parents were involved, not how the child was. */
export const involvementRecorded: PlanRule = {
  key: 'RSP-5',
  title: 'An emergency plan says how the person was involved, or why not',
  severity: 'error',
  source: 'ReSPECT v3 section 6',
  plans: EMERGENCY,
  check: (plan) => {
    const { basis, reason } = involvementOf(plan)
    if (reason !== undefined || ['A', 'B', 'C1', 'C2'].some((code) => basis.includes(code))) {
      return basis.includes('D') && reason === undefined
        ? [
            issue(
              'RSP-5',
              atExtension(plan, EXTENSION.involvement),
              'Involvement D says that there are valid reasons, but none is written down. Add the sub-extension `reason`.',
            ),
          ]
        : []
    }
    return [
      issue(
        'RSP-5',
        basis.length === 0 ? at(plan, 'extension') : atExtension(plan, EXTENSION.involvement),
        `The plan does not say how the person was involved. Give at least one of A, B, C1, C2 in the extension ${EXTENSION.involvement}, or D with a \`reason\`.`,
      ),
    ]
  },
}
