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
  const asked = children.map(({ name, element }) => ({ check: element.check, items: childrenOf(name) }))
  const all = 2 ** children.length - 1
  const always = children.reduce((bits, { element }, index) => (element.asksAbsent ? bits | (1 << index) : bits), 0)
  return (spot, engine) => {
    const present = presence(spot) & all
    for (let left = present | always; left !== 0; left &= left - 1) {
      const index = 31 - Math.clz32(left & -left)
      const { check, items } = asked[index] as (typeof asked)[number]
      check((present & (1 << index)) === 0 ? NONE : items(spot), spot, engine)
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
