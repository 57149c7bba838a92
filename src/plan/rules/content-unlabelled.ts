import { issue } from '../../fhir/outcome.ts'
import { at } from '../expression.ts'
import { givenLabel } from '../marks.ts'
import { membersOf } from '../members.ts'
import { BOTH, type PlanRule } from './rule.ts'

/** What is kept from crews by a label would be missing from what they are shown, and nobody would see that it is. */
export const contentUnlabelled: PlanRule = {
  key: 'plan-content-labelled',
  title: 'Nothing that a plan consists of was given a label that keeps it from those who act on the plan',
  severity: 'error',
  source: 'Decision record 28; domain model section 8: a false "no plan"',
  plans: BOTH,
  check: (plan, person) =>
    [...membersOf(person, plan).values()]
      .filter((member) => givenLabel(member) !== null)
      .map((member) =>
        issue(
          'plan-content-labelled',
          at(member, 'meta.security'),
          `The plan names a ${member.resourceType} that was given a security label, so crews would not see it. Take the label away by $meta-delete, or leave it out of the plan.`,
        ),
      ),
}
