import { FhirPathFault } from './fault.ts'
import type { Collection, Item } from './item.ts'
import type { Model } from './model.ts'

/** What an expression may ask of what is around it. What is left out is not known: the functions that need it find nothing. */
export type Environment = Readonly<{
  /** `%resource`: the resource that the input is in, the contained one where it is. Without one it is the input. */
  resource?: Item
  /** `%rootResource`: the resource that is not contained. Without one it is `resource`. */
  rootResource?: Item
  /** Variables of one's own, by name without the `%`. */
  variables?: Readonly<Record<string, Collection>>
  /** The resource that a reference names. */
  resolve?: (reference: string) => Item | undefined
  /** Whether a code, Coding or CodeableConcept is in a value set; undefined where that cannot be told. */
  memberOf?: (item: Item, valueSet: string) => boolean | undefined
  /** Whether a resource or an element conforms to a profile; undefined where that cannot be told. */
  conformsTo?: (item: Item, profile: string) => boolean | undefined
  /** Whether a narrative keeps to what FHIR allows. */
  isAllowedHtml?: (xhtml: string) => boolean
  /** The moment of the evaluation, which is one moment for all of it. */
  now?: Date | undefined
  /** What may be spent; to be shared by evaluations that together are to end in time. Without one, each has `MOST_STEPS`. */
  budget?: Budget
}>

/** Steps that are left; some ten million take a second. */
export type Budget = { steps: number }

export const MOST_STEPS = 1_000_000

/** One evaluation: what it may still spend, and what `$index` and `$total` are. */
export type Run = {
  readonly environment: Environment
  readonly model: Model
  readonly input: Collection
  readonly budget: Budget
  index: number
  total: Collection
  /** True where something could not be compared, such as a day and a month: that it holds is then not known, and not denied. */
  isUncertain: boolean
}

/** Takes steps off what an evaluation may take. Throws a FhirPathFault `too-costly` where none are left. */
export const spend = (run: Run, steps: number): void => {
  run.budget.steps -= steps
  if (run.budget.steps < 0) throw new FhirPathFault('too-costly', 'The expression takes more steps than it may.')
}
