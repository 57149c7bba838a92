import { childrenOf, presenceOf } from '../children.ts'
import type { ElementCheck, EngineCheck } from '../engine.ts'
import type { Spot } from '../spot.ts'
import { allOf } from './all-of.ts'

export type ChildCheck = Readonly<{ name: string; element: ElementCheck }>

/** Elements that are looked for at once: as many as there are bits to tell which are there. */
const AT_ONCE = 30
const NONE: readonly Spot[] = []

const checkSome = (children: readonly ChildCheck[]): EngineCheck => {
  const presence = presenceOf(children.map(({ name }) => name))
  const asked = children.map(({ name, element }, index) => ({ ...element, bit: 1 << index, items: childrenOf(name) }))
  return (spot, engine) => {
    const present = presence(spot)
    for (const { check, asksAbsent, bit, items } of asked) {
      if ((present & bit) !== 0) check(items(spot), spot, engine)
      else if (asksAbsent) check(NONE, spot, engine)
    }
  }
}

/** The checks of the elements below another as one: an element is asked for what it has, and for what a profile demands to be there. */
export const checkBelow = (children: readonly ChildCheck[]): EngineCheck | undefined =>
  allOf(
    Array.from({ length: Math.ceil(children.length / AT_ONCE) }, (_, index) =>
      checkSome(children.slice(index * AT_ONCE, (index + 1) * AT_ONCE)),
    ),
  )
