import type { QuestionnaireItem, QuestionnaireResponseItem } from 'fhir/r4.js'
import { type Answers, groups } from './answers.ts'
import { isEnabled } from './enabled.ts'

const level = (
  definitions: readonly QuestionnaireItem[],
  around: readonly [Answers, ...Answers[]],
): QuestionnaireResponseItem[] =>
  definitions.flatMap((definition): QuestionnaireResponseItem[] => {
    const { linkId, type, repeats } = definition
    if (!isEnabled(definition, around)) return []
    if (type === 'group') {
      return groups(around[0], linkId).flatMap((below) => {
        const item = level(definition.item ?? [], [below, ...around])
        return item.length === 0 ? [] : [{ linkId, item }]
      })
    }
    const answers = around[0].values.get(linkId) ?? []
    const answer = repeats === true ? [...answers] : answers.slice(0, 1)
    return answer.length === 0 ? [] : [{ linkId, answer }]
  })

/** These answers as the items of a response, in the order of the Questionnaire, without those to questions that do not apply. */
export const itemsOf = (definitions: readonly QuestionnaireItem[], answers: Answers): QuestionnaireResponseItem[] =>
  level(definitions, [answers])
