import { FhirPathFault } from './fault.ts'
import { type Collection, truthValue } from './item.ts'
import type { Model } from './model.ts'
import type { Run } from './run.ts'

/**
 * One part of an expression as functions of the focus (`$this`). `truth` and `exists` say the same as `values` does, for who asks no more:
 * most of what constraints ask is whether something is there, and that needs no list of it.
 */
export type Compiled = Readonly<{
  values: (run: Run, focus: Collection) => Collection
  /** Singleton evaluation as Boolean: undefined where it is empty (http://hl7.org/fhirpath/N1/#singleton-evaluation-of-collections). */
  truth: (run: Run, focus: Collection) => boolean | undefined
  exists: (run: Run, focus: Collection) => boolean
  /** The text of a literal string. */
  literal?: string
  /** The text that it finds where that is plainly one; undefined says that `values` must be asked. */
  text?: (run: Run, focus: Collection) => string | undefined
}>

export type CompileContext = Readonly<{ model: Model }>

/** The truth that a collection stands for. Throws a FhirPathFault for more than one item. */
export const truthOf = (items: Collection): boolean | undefined => {
  if (items.length === 0) return undefined
  if (items.length > 1)
    throw new FhirPathFault(
      'value',
      `Expected one Boolean, found ${items.length} items. Say which one, or ask with exists() or all().`,
    )
  const value = items[0]?.value
  // One item that is no Boolean stands for true.
  return typeof value === 'boolean' ? value : true
}

export const fromValues = (values: Compiled['values']): Compiled => ({
  values,
  truth: (run, focus) => truthOf(values(run, focus)),
  exists: (run, focus) => values(run, focus).length > 0,
})

export const fromTruth = (truth: Compiled['truth']): Compiled => ({
  values: (run, focus) => truthValue(truth(run, focus)),
  truth,
  exists: (run, focus) => truth(run, focus) !== undefined,
})

/** What is always known to be true or false. */
export const fromCertainty = (truth: (run: Run, focus: Collection) => boolean): Compiled => ({
  values: (run, focus) => truthValue(truth(run, focus)),
  truth,
  exists: () => true,
})
