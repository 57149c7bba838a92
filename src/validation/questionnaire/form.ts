import { childrenNamed } from '../children.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { checkConditionType, checkOwnValues } from './values.ts'

/** The items of a form in the order in which they are asked. */
const itemsIn = (holder: Spot, into: Spot[] = []): readonly Spot[] => {
  for (const item of childrenNamed(holder, 'item')) {
    into.push(item)
    itemsIn(item, into)
  }
  return into
}

const linkIdOf = ({ value }: Spot): unknown => (value as { linkId?: unknown }).linkId

/** The places of items, by their linkIds. */
type Order = ReadonlyMap<unknown, Readonly<{ item: Spot; index: number }>>

const checkCondition = (condition: Spot, own: number, order: Order, run: Run): void => {
  const [question] = childrenNamed(condition, 'question')
  if (typeof question?.value !== 'string') return
  const asked = order.get(question.value)
  const report = (key: string, text: string, hint: string, severity: 'error' | 'warning' = 'error'): void =>
    run.report(
      findingAt(question, key, 'business-rule', text, { severity, expected: 'the linkId of an item before it', hint }),
    )
  if (asked === undefined)
    report(
      'enable-when-unknown',
      'The condition is about a question that the Questionnaire does not ask.',
      'Check the linkId, or add the question.',
    )
  else if (asked.index === own)
    report(
      'enable-when-itself',
      'The condition is about the item that it stands in: it could never be asked.',
      'Name the question that decides about this one.',
    )
  else if (asked.index > own)
    report(
      'enable-when-later',
      'The condition is about a question that is asked later.',
      'Ask the question before the items that depend on it.',
      'warning',
    )
  if (asked !== undefined) checkConditionType(condition, asked.item, run)
}

/** A Questionnaire by itself: its options and first values are of the types of their items, and its conditions are about questions that it asks. */
export const checkForm: Check = (spot, run) => {
  const items = itemsIn(spot)
  const order: Order = new Map(items.map((item, index) => [linkIdOf(item), { item, index }]))
  items.forEach((item, index) => {
    checkOwnValues(item, run)
    for (const condition of childrenNamed(item, 'enableWhen')) checkCondition(condition, index, order, run)
  })
}
