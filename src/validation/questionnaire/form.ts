import type { Questionnaire } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import type { EngineCheck } from '../engine.ts'
import type { Spot } from '../spot.ts'
import { checkCondition, type Order } from './conditions.ts'
import { checkDefinition } from './definition.ts'
import { checkOwnValues } from './values.ts'

/** The items of a form in the order in which they are asked. */
const itemsIn = (holder: Spot, into: Spot[] = []): readonly Spot[] => {
  for (const item of childrenNamed(holder, 'item')) {
    into.push(item)
    itemsIn(item, into)
  }
  return into
}

const linkIdOf = ({ value }: Spot): unknown => (value as { linkId?: unknown }).linkId

/** A Questionnaire by itself: its options and first values are of the types of their items, its conditions are about questions that it asks, and its items fit the elements that they are for. */
export const checkForm: EngineCheck = (spot, run) => {
  if (run.isBroken(spot)) return
  const items = itemsIn(spot)
  const order: Order = new Map(items.map((item, index) => [linkIdOf(item), { item, index }]))
  items.forEach((item, index) => {
    checkOwnValues(item, spot.value as unknown as Questionnaire, run)
    checkDefinition(item, run)
    for (const condition of childrenNamed(item, 'enableWhen')) checkCondition(condition, item, index, order, run)
  })
}
