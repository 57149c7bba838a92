import type { Budget, Environment } from '../../fhir/fhirpath/fhirpath.ts'

/** Steps that all the rules of one validation may take together: a few seconds. */
const MOST_STEPS_TOGETHER = 5_000_000
/** What each resource in it adds to that, some ten times what its rules take: a Bundle that is long is checked to its end, one that is costly is not. */
const STEPS_OF_A_RESOURCE = 1_000

/** What the rules have left, and where they are evaluated, which is the same for all elements of a resource. */
export type Evaluations = {
  together: number
  readonly budget: Budget
  environment: Environment
}

export const beginEvaluations = (): Evaluations => ({
  together: MOST_STEPS_TOGETHER,
  budget: { steps: 0 },
  environment: {},
})

/** To be told of each resource that is looked at. */
export const allowFor = (evaluations: Evaluations): void => {
  evaluations.together += STEPS_OF_A_RESOURCE
}
