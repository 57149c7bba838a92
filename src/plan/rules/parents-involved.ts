import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { atExtension } from '../expression.ts'
import { involvementOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-8 (ReSPECT section 6). */
export const parentsInvolved: PlanRule = {
  key: 'RSP-8',
  title: 'Where those with parental responsibility were not involved, the plan says why',
  severity: 'error',
  source: 'ReSPECT v3 section 6',
  plans: EMERGENCY,
  check: (plan) => {
    const { basis, reason } = involvementOf(plan)
    const child = basis.includes('C1') || basis.includes('C2')
    if (!child || basis.includes('C3') || reason !== undefined) return []
    return [
      issue(
        'RSP-8',
        atExtension(plan, EXTENSION.involvement),
        'Involvement C1 or C2 without C3 says that those with parental responsibility were not fully involved. Add C3, or say why in the sub-extension `reason`.',
      ),
    ]
  },
}
