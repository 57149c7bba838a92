import type { CompileContext, Compiled } from '../compiled.ts'
import { fromTruth, fromValues } from '../compiled.ts'
import { FhirPathFault } from '../fault.ts'
import type { Collection, Item } from '../item.ts'
import { single } from '../operators.ts'
import { type Run, spend } from '../run.ts'
import type { Tree } from '../tree.ts'

/** What a function is called on and with, when it is compiled. */
export type Call = Readonly<{
  name: string
  from: Compiled
  parameters: readonly Compiled[]
  /** The parameters as they are written, for those that name a type. */
  trees: readonly Tree[]
  context: CompileContext
}>

export type FhirPathFunction = Readonly<{
  /** How many parameters it takes, at least and at most. */
  least: number
  most: number
  compile: (call: Call) => Compiled
}>

export type Functions = Readonly<Record<string, FhirPathFunction>>

/** A function of what is found before it and of what its parameters find, each evaluated once. */
export const eager = (
  least: number,
  most: number,
  apply: (run: Run, input: Collection, ...parameters: readonly Collection[]) => Collection,
): FhirPathFunction => ({
  least,
  most,
  compile: ({ from: { values }, parameters }) =>
    fromValues((run, focus) => {
      const input = values(run, focus)
      spend(run, input.length + 1)
      return apply(run, input, ...parameters.map((parameter) => parameter.values(run, focus)))
    }),
})

/** As `eager`, for a function that answers true, false or not known. */
export const asking = (
  least: number,
  most: number,
  apply: (run: Run, input: Collection, ...parameters: readonly Collection[]) => boolean | undefined,
): FhirPathFunction => ({
  least,
  most,
  compile: ({ from: { values }, parameters }) =>
    fromTruth((run, focus) => {
      const input = values(run, focus)
      spend(run, input.length + 1)
      return apply(run, input, ...parameters.map((parameter) => parameter.values(run, focus)))
    }),
})

/** The one text that a collection holds, or nothing. Throws a FhirPathFault for anything else. */
export const textOf = (items: Collection, what: string): string | undefined => {
  const item = single(items, what)
  if (item === undefined) return undefined
  if (typeof item.value !== 'string') throw new FhirPathFault('value', `${what} takes a text.`)
  return item.value
}

/** The one whole number that a collection holds, or nothing. Throws a FhirPathFault for anything else. */
export const integerOf = (items: Collection, what: string): number | undefined => {
  const item = single(items, what)
  if (item === undefined) return undefined
  if (!Number.isInteger(item.value)) throw new FhirPathFault('value', `${what} takes a whole number.`)
  return item.value as number
}

/** Goes through items with each as `$this` and its place as `$index`; ends where the visitor says true. */
export const forEach = (run: Run, items: Collection, visit: (item: readonly [Item]) => boolean): void => {
  const { index } = run
  try {
    for (let at = 0; at < items.length; at++) {
      spend(run, 1)
      run.index = at
      if (visit([items[at] as Item])) return
    }
  } finally {
    run.index = index
  }
}

/** Whether a criterion is true of an item; ends at the first of which it is. Written out, as most of what constraints ask comes to this. */
export const isTrueOfSome = (run: Run, items: Collection, truth: Compiled['truth']): boolean => {
  const { index } = run
  let isFound = false
  try {
    for (let at = 0; at < items.length && !isFound; at++) {
      spend(run, 1)
      run.index = at
      isFound = truth(run, [items[at] as Item]) === true
    }
  } finally {
    run.index = index
  }
  return isFound
}
