import type { Engine } from '../engine.ts'
import { isNode } from '../invariants/invariant.ts'
import type { Spot } from '../spot.ts'
import { type Finds, findsThrough, type Step } from './discriminator-path.ts'
import { type SliceKey, valuesAt } from './slice-key.ts'

/** The slices that an item may belong to, by their positions, in order; all that are left out cannot be meant. */
export type Candidates = (spot: Spot, engine: Engine) => readonly number[]

type Group = Readonly<{
  /** The element of an item where the key begins, where that is one step away. */
  child: string | undefined
  finds: Finds
  way: readonly string[]
  byValue: Map<unknown, number[]>
}>

const childOf = (steps: readonly Step[]): string | undefined => {
  const [only] = steps
  return steps.length === 1 && only?.kind === 'child' ? only.name : undefined
}

/** What an item has where the keys of a group look, each value once. */
const valuesOf = ({ child, finds, way }: Group, spot: Spot, engine: Engine): Iterable<unknown> => {
  const values: unknown[] = []
  const held = child !== undefined && isNode(spot.value) ? spot.value[child] : undefined
  // Of a choice no property has the name of the element alone.
  if (held !== undefined) valuesAt(held, way, 0, values)
  else for (const { value } of finds(spot, engine)) valuesAt(value, way, 0, values)
  return values.length < 2 ? values : new Set(values)
}

/** Finds the slices that an item may belong to by what it has where their keys look, so that many slices cost no more than few. */
export const candidatesOf = (keys: readonly (SliceKey | undefined)[]): Candidates => {
  const groups = new Map<string, Group>()
  const always: number[] = []
  keys.forEach((key, index) => {
    if (key === undefined) {
      always.push(index)
      return
    }
    const { steps, way, value } = key
    const name = JSON.stringify([steps, way])
    const group = groups.get(name) ?? { child: childOf(steps), finds: findsThrough(steps), way, byValue: new Map() }
    groups.set(name, group)
    group.byValue.set(value, [...(group.byValue.get(value) ?? []), index])
  })
  const all = [...groups.values()]
  if (all.length === 0) return () => always
  return (spot, engine) => {
    let found = always
    let isMixed = false
    for (const group of all)
      for (const value of valuesOf(group, spot, engine)) {
        const named = group.byValue.get(value)
        if (named === undefined) continue
        isMixed ||= found.length > 0
        found = found.length === 0 ? named : [...found, ...named]
      }
    return isMixed ? found.sort((one, other) => one - other) : found
  }
}
