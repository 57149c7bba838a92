/** Whether the parts of a PlanDefinition that name each other are there (http://hl7.org/fhir/R4/plandefinition.html). */
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'

const idOf = ({ value }: Spot): unknown => (isNode(value) ? value['id'] : undefined)

const actionsIn = (holder: Spot): readonly Spot[] =>
  childrenNamed(holder, 'action').flatMap((action) => [action, ...actionsIn(action)])

const checkNamed = (at: Spot, known: ReadonlySet<unknown>, what: string, run: Run): void => {
  if (known.has(at.value)) return
  run.report(
    findingAt(at, 'plan-part-unknown', 'not-found', `The plan has no ${what} of this id.`, {
      value: shownValue(at.value),
      expected: `the id of one of the ${what}s of the plan`,
      hint: `Give that ${what} this id, or correct it here.`,
    }),
  )
}

/** The rules about a PlanDefinition as a whole: that goals and actions that actions name are its own. */
export const checkPlanDefinition: Check = (spot, run) => {
  if (run.isBroken(spot)) return
  const actions = actionsIn(spot)
  const known = new Set(actions.map(idOf))
  const goals = new Set(childrenNamed(spot, 'goal').map(idOf))
  for (const action of actions) {
    for (const goal of childrenNamed(action, 'goalId')) checkNamed(goal, goals, 'goal', run)
    for (const related of childrenNamed(action, 'relatedAction'))
      for (const id of childrenNamed(related, 'actionId')) checkNamed(id, known, 'action', run)
  }
}
