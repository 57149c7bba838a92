import { childrenByName } from '../children.ts'
import type { ElementCheck, EngineCheck } from '../engine.ts'
import type { Spot } from '../spot.ts'

export type ChildCheck = Readonly<{ name: string; element: ElementCheck }>

const NONE: readonly Spot[] = []

/** The checks of the elements below another as one: an element is asked for what it has, and for what a profile demands to be there. */
export const checkBelow = (children: readonly ChildCheck[]): EngineCheck | undefined => {
  if (children.length === 0) return undefined
  const childrenIn = childrenByName(children.map(({ name }) => name))
  const checks = children.map(({ element }) => element)
  return (spot, engine) => {
    const found = childrenIn(spot)
    for (let index = 0; index < checks.length; index++) {
      const items = found[index]
      const { check, asksAbsent } = checks[index] as ElementCheck
      if (items !== undefined || asksAbsent) check(items ?? NONE, spot, engine)
    }
  }
}
