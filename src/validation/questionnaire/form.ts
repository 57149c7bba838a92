import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import { type Check, expressionOf, findingAt, type Run, type Spot } from '../spot.ts'
import { itemsOf } from './find.ts'

/** The linkIds of a form in the order in which they are asked. */
const linkIdsOf = (items: readonly QuestionnaireItem[], into: string[]): readonly string[] => {
  for (const item of items) {
    into.push(item.linkId)
    linkIdsOf(itemsOf(item), into)
  }
  return into
}

const checkConditions = (item: Spot, linkIds: ReadonlyMap<string, number>, run: Run): void => {
  const { linkId } = item.value as { linkId?: unknown }
  for (const condition of childrenNamed(item, 'enableWhen')) {
    const { question } = condition.value as { question?: unknown }
    if (typeof question !== 'string') continue
    const target = linkIds.get(question)
    const own = linkIds.get(String(linkId)) ?? 0
    const expression = `${expressionOf(condition)}.question`
    if (target === undefined)
      run.report(
        findingAt(
          condition,
          'enable-when-unknown',
          'business-rule',
          'The condition is about a question that the Questionnaire does not ask.',
          {
            expression,
            expected: 'the linkId of an item',
          },
        ),
      )
    else if (target === own)
      run.report(
        findingAt(
          condition,
          'enable-when-itself',
          'business-rule',
          'The condition is about the item that it stands in: it could never be asked.',
          {
            expression,
          },
        ),
      )
    else if (target > own)
      run.report(
        findingAt(
          condition,
          'enable-when-later',
          'business-rule',
          'The condition is about a question that is asked later.',
          {
            expression,
            severity: 'warning',
          },
        ),
      )
  }
  for (const child of childrenNamed(item, 'item')) checkConditions(child, linkIds, run)
}

/** A Questionnaire by itself: the conditions of its items are about questions that it asks. */
export const checkForm: Check = (spot, run) => {
  const linkIds = linkIdsOf(itemsOf(spot.value as Questionnaire), [])
  const order = new Map(linkIds.map((linkId, index) => [linkId, index]))
  for (const item of childrenNamed(spot, 'item')) checkConditions(item, order, run)
}
