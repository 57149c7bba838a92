import { issue } from '../../fhir/outcome.ts'
import { EXTENSION } from '../codes.ts'
import { at, atExtension } from '../expression.ts'
import { capacitiesOf, hasCapacityCode, involvementOf } from './content.ts'
import { EMERGENCY, type PlanRule } from './rule.ts'

/** RSP-6 (ReSPECT sections 5 and 6). */
export const involvementFitsCapacity: PlanRule = {
  key: 'RSP-6',
  title: 'Involvement A needs capacity, involvement B the lack of it',
  severity: 'error',
  source: 'ReSPECT v3 sections 5 and 6',
  plans: EMERGENCY,
  check: (plan, person) => {
    const { basis } = involvementOf(plan)
    const capacities = capacitiesOf(plan, person)
    const issues = capacities
      .slice(1)
      .map((observation) =>
        issue(
          'RSP-6',
          at(observation, 'value'),
          'The plan has more than one statement about capacity. Leave out all but the one for this decision.',
        ),
      )
    const needs = [
      ['A', 'has-capacity', 'that the person has capacity and was fully involved'],
      ['B', 'lacks-capacity', 'that the person lacks capacity'],
    ] as const
    for (const [code, capacity, meaning] of needs) {
      if (!basis.includes(code) || hasCapacityCode(plan, person, capacity)) continue
      issues.push(
        issue(
          'RSP-6',
          atExtension(plan, EXTENSION.involvement),
          `Involvement ${code} says ${meaning}, but ${capacities.length === 0 ? 'the plan has no statement about capacity' : 'the plan records another capacity'}. Correct one of the two; the capacity would have to be ${capacity}.`,
        ),
      )
    }
    return issues
  },
}
