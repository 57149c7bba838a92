/**
 * FHIRPath (http://hl7.org/fhirpath/N1) with the additions of FHIR R4 (http://hl7.org/fhir/R4/fhirpath.html), on JSON: compiled once, read
 * without a change to what it is evaluated on, and bounded in steps whatever it says. Not there: reflection (`type()`).
 */
import { compileTree } from './compile.ts'
import type { Compiled } from './compiled.ts'
import { compare } from './equality.ts'
import { FhirPathFault } from './fault.ts'
import { type Collection, type Item, NOTHING } from './item.ts'
import type { Model } from './model.ts'
import { parse } from './parse.ts'
import { type Environment, MOST_STEPS, type Run } from './run.ts'

export type { Collection, Item } from './item.ts'
export type { Model } from './model.ts'
export type { Budget, Environment } from './run.ts'
export { FhirPathFault }

/** An expression that has been compiled. */
export type Expression = Readonly<{ text: string; model: Model; compiled: Compiled }>

/** Compiles an expression for the types of a model. Throws a FhirPathFault `syntax` or `unknown`, with the position. */
export const compile = (text: string, model: Model): Expression => ({
  text,
  model,
  compiled: compileTree(parse(text), { model }),
})

const begin = (model: Model, input: Collection, environment: Environment): Run => ({
  environment,
  model,
  input,
  budget: environment.budget ?? { steps: MOST_STEPS },
  index: -1,
  total: NOTHING,
  isUncertain: false,
})

/** What an expression finds on an item. Throws a FhirPathFault `value` or `too-costly`. */
export const evaluate = (expression: Expression, input: Item, environment: Environment = {}): Collection => {
  const focus = [input]
  return expression.compiled.values(begin(expression.model, focus, environment), focus)
}

/**
 * Whether an expression is true of an item; `unknown` where it comes to nothing because something could not be compared, such as a day and a
 * month; false where it comes to nothing otherwise. Throws as `evaluate` does.
 */
export const holds = (expression: Expression, input: Item, environment: Environment = {}): boolean | 'unknown' => {
  const focus = [input]
  const run = begin(expression.model, focus, environment)
  return expression.compiled.truth(run, focus) ?? (run.isUncertain ? 'unknown' : false)
}

/** Negative, zero or positive for two items that have an order, as `<` and `>` tell it; undefined where they have none or it cannot be told. */
export const orderOf = (left: Item, right: Item, model: Model): number | undefined => {
  try {
    return compare(left, right, begin(model, [left], {}))
  } catch (error) {
    if (error instanceof FhirPathFault) return undefined
    throw error
  }
}
