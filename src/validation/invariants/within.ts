import type { Environment } from '../../fhir/fhirpath/fhirpath.ts'
import { narrativeFault } from '../narrative/narrative.ts'
import { type Run, rootOf, type Spot } from '../spot.ts'

/** Steps that one rule may take: half a second. */
const MOST_STEPS = 500_000

const environmentOf = (resource: Spot, run: Run): Environment => ({
  resource,
  rootResource: rootOf(resource),
  resolve: (reference) => run.resolve(resource, reference),
  memberOf: (item, valueSet) => run.memberOf(item, valueSet),
  // An item that is no spot is one that an expression found: where it stands is not known, and what it is, is.
  conformsTo: (item, profile) => ('resource' in item ? run.conformsTo(item as Spot, profile) : undefined),
  isAllowedHtml: (xhtml) => narrativeFault(xhtml) === undefined,
  now: run.now,
  budget: run.evaluations.budget,
})

/** Evaluates with what a validation has left for its rules; one evaluation may lead to another within it. */
export const within = <T>(run: Run, { resource }: Spot, act: (environment: Environment) => T): T => {
  const { evaluations } = run
  const { budget } = evaluations
  if (evaluations.environment.resource !== resource) evaluations.environment = environmentOf(resource, run)
  const outer = budget.steps
  const steps = Math.min(MOST_STEPS, evaluations.together)
  budget.steps = steps
  try {
    return act(evaluations.environment)
  } finally {
    evaluations.together -= Math.min(steps, steps - budget.steps)
    budget.steps = outer
  }
}
