/** Where the items of a response stand, and what they repeat of the form (http://hl7.org/fhir/R4/questionnaireresponse.html#notes). */
import type { QuestionnaireItem } from 'fhir/r4.js'
import type { Node } from '../invariants/invariant.ts'
import { findingAt, type Spot } from '../spot.ts'
import { linkIdOf } from './enabled.ts'
import type { Form } from './filled.ts'

/** Items that the form does not ask here, and those that stand in another order than the form has them. */
export const checkPlaces = (items: readonly Spot[], asked: readonly QuestionnaireItem[], form: Form): void => {
  const order = new Map(asked.map(({ linkId }, index) => [linkId, index]))
  let last = -1
  for (const item of items) {
    const linkId = linkIdOf(item)
    const index = typeof linkId === 'string' ? order.get(linkId) : undefined
    if (index === undefined) {
      const isElsewhere = typeof linkId === 'string' && form.parents.has(linkId)
      const text = isElsewhere
        ? 'The form asks this elsewhere: the item stands below another than in the Questionnaire.'
        : 'The Questionnaire has no item with this linkId.'
      form.run.report(
        findingAt(item, isElsewhere ? 'item-misplaced' : 'item-unknown', 'structure', text, {
          hint: isElsewhere
            ? 'Move it below the item that it belongs to.'
            : 'Correct the linkId, or leave the item out.',
        }),
      )
    } else if (index < last) {
      form.run.report(
        findingAt(
          item,
          'item-order',
          'structure',
          'Items stand in the order of the Questionnaire; this one comes too late.',
        ),
      )
    } else last = index
  }
}

const TRANSLATION = 'http://hl7.org/fhir/StructureDefinition/translation'

/** How the form words a question: as it stands, and in other languages. */
const wordsOf = (item: QuestionnaireItem): readonly string[] => [
  ...(item.text === undefined ? [] : [item.text]),
  ...(item._text?.extension ?? [])
    .filter(({ url }) => url === TRANSLATION)
    .flatMap(({ extension = [] }) =>
      extension.flatMap((part) => (part.url === 'content' ? (part.valueString ?? []) : [])),
    ),
]

/** If an item has a text, it is that of the question: an answer to other words is another answer. */
export const checkText = (item: QuestionnaireItem, found: readonly Spot[], { run }: Form): void => {
  const words = wordsOf(item)
  for (const spot of found) {
    const { text } = spot.value as Node
    if (typeof text !== 'string' || words.includes(text)) continue
    run.report(
      findingAt(
        spot,
        'item-text',
        'invalid',
        'The text of the item is not that of the Questionnaire, so other words may have been answered.',
        {
          expected: item.text ?? 'no text, as the Questionnaire has none here',
          hint: 'Repeat the text of the Questionnaire, or leave it out.',
        },
      ),
    )
  }
}
