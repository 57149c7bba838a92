import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { isChildOn } from '../dates.ts'
import { atExtension } from '../expression.ts'
import { POLICY } from '../jurisdiction.ts'
import { decisionDateOf, involvementOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-7 (ReSPECT section 6). A and B for a child are unusual but can be right, so they only warn. */
export const involvementFitsAge: PlanRule = {
  key: 'RSP-7',
  title: 'Involvement C1 to C3 is for a child only',
  severity: 'error',
  source: 'ReSPECT v3 section 6',
  plans: EMERGENCY,
  check: (plan, person, { jurisdiction }) => {
    const { basis } = involvementOf(plan)
    const { name, childUnder } = POLICY[jurisdiction]
    const child = isChildOn(person.patient, decisionDateOf(plan, person), jurisdiction)
    const where = atExtension(plan, EXTENSION.involvement)
    const issues = []
    if (child !== true && basis.some((code) => code.startsWith('C'))) {
      issues.push(
        issue(
          'RSP-7',
          where,
          child === false
            ? `Involvement C1, C2 and C3 are for a child, in ${name} someone under ${childUnder} on the day of the decision. For an adult, give A, B or D.`
            : 'Involvement C1, C2 and C3 are for a child, and whether the person was one cannot be told. Give Patient.birthDate and the date of the decision to the day.',
        ),
      )
    }
    if (child === true && (basis.includes('A') || basis.includes('B'))) {
      issues.push(
        issue(
          'RSP-7',
          where,
          `In ${name} involvement of someone under ${childUnder} is recorded as C1 or C2 (with C3), not as A or B. Make sure that this is meant.`,
          { severity: 'warning' },
        ),
      )
    }
    return issues
  },
}
