import { isNode } from '../invariants/invariant.ts'
import type { Step } from './discriminator-path.ts'

/** What an item must have to belong to a slice: a value, on a way through what a discriminator finds of it. */
export type SliceKey = Readonly<{
  steps: readonly Step[]
  /** Names from what is found down to the value, through whatever lists. */
  way: readonly string[]
  value: string | number | boolean
}>

type Leaf = Pick<SliceKey, 'way' | 'value'>

/** One of the values of a constant: of a Coding the code rather than its system, which slices have in common. */
export const leafOf = (constant: unknown, way: readonly string[] = []): Leaf | undefined => {
  if (Array.isArray(constant)) return leafOf(constant.at(-1), way)
  if (isNode(constant)) {
    const name = Object.hasOwn(constant, 'code') ? 'code' : Object.keys(constant).at(-1)
    return name === undefined ? undefined : leafOf(constant[name], [...way, name])
  }
  const isValue = typeof constant === 'string' || typeof constant === 'number' || typeof constant === 'boolean'
  return isValue ? { way, value: constant } : undefined
}

/** The values that stand at the end of a way, through whatever lists. */
export const valuesAt = (value: unknown, way: readonly string[], from: number, into: unknown[]): void => {
  if (Array.isArray(value)) for (const item of value) valuesAt(item, way, from, into)
  else if (from === way.length) into.push(value)
  else if (isNode(value)) valuesAt(value[way[from] as string], way, from + 1, into)
}
