import type { Engine } from '../engine.ts'
import type { Spot } from '../spot.ts'
import { valuesOf } from './discriminator.ts'
import type { SliceKey } from './slice-key.ts'

/** The slices that an item may belong to, by their positions, in order; all that are left out cannot be meant. */
export type Candidates = (spot: Spot, engine: Engine) => readonly number[]

type Group = Pick<SliceKey, 'steps' | 'way'> & Readonly<{ byValue: Map<unknown, number[]> }>

const NONE: readonly number[] = []

const distinct = (values: readonly unknown[]): Iterable<unknown> => (values.length < 2 ? values : new Set(values))

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
    const group = groups.get(name) ?? { steps, way, byValue: new Map() }
    groups.set(name, group)
    group.byValue.set(value, [...(group.byValue.get(value) ?? []), index])
  })
  const all = [...groups.values()]
  if (all.length === 0) return () => always
  return (spot, engine) => {
    let found: readonly number[] = always
    for (const group of all)
      for (const value of distinct(valuesOf(spot, group, engine))) {
        const named = group.byValue.get(value) ?? NONE
        found = found.length === 0 ? named : [...found, ...named]
      }
    return found.length < 2 ? found : [...found].sort((one, other) => one - other)
  }
}
