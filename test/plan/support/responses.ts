import fc from 'fast-check'
import type {
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from 'fhir/r4.js'
import { itemsOf } from '../../../src/plan/capture/items.ts'
import { readAnswers } from '../../../src/plan/capture/read-answers.ts'

type Answer = QuestionnaireResponseItemAnswer

const words: fc.Arbitrary<string> = fc
  .oneof(
    fc.lorem({ maxCount: 4 }),
    fc.string({ unit: 'grapheme', maxLength: 30 }),
    fc.constantFrom('a', ' a ', 'Jo, nurse'),
  )
  .filter((text) => text.trim() !== '')

const day = fc
  .date({ min: new Date('2020-01-01'), max: new Date('2030-12-31'), noInvalidDate: true })
  .map((date) => date.toISOString())

const answerTo = (item: QuestionnaireItem): fc.Arbitrary<Answer> => {
  const options = (item.answerOption ?? []).map(
    ({ valueCoding, valueString }): Answer =>
      valueCoding === undefined ? { valueString: valueString as string } : { valueCoding },
  )
  switch (item.type) {
    case 'boolean':
      return fc.boolean().map((valueBoolean) => ({ valueBoolean }))
    case 'integer':
      return fc.integer({ min: 1, max: 10 }).map((valueInteger) => ({ valueInteger }))
    case 'date':
      return day.map((text) => ({ valueDate: text.slice(0, 10) }))
    case 'dateTime':
      return day.map((valueDateTime) => ({ valueDateTime }))
    case 'choice':
      return fc.constantFrom(...options)
    case 'open-choice':
      return fc.oneof(
        fc.constantFrom(...options),
        words.map((valueString) => ({ valueString })),
      )
    default:
      return words.map((valueString) => ({ valueString }))
  }
}

const itemTo = (item: QuestionnaireItem): fc.Arbitrary<QuestionnaireResponseItem[]> => {
  const { linkId, type, required, repeats } = item
  const often = { minLength: required === true ? 1 : 0, maxLength: repeats === true ? 3 : 1 }
  return type === 'group'
    ? fc.array(
        itemsTo(item.item ?? []).map((below) => ({ linkId, item: below })),
        often,
      )
    : fc.array(answerTo(item), often).map((answer) => (answer.length === 0 ? [] : [{ linkId, answer }]))
}

const itemsTo = (items: readonly QuestionnaireItem[]): fc.Arbitrary<QuestionnaireResponseItem[]> =>
  fc.tuple(...items.map(itemTo)).map((found) => found.flat())

/** Completed responses about Patient/person that obey the Questionnaire: every question may be answered, in every way that it allows. */
export const validResponse = (questionnaire: Questionnaire): fc.Arbitrary<QuestionnaireResponse> =>
  itemsTo(questionnaire.item ?? []).map((item) => {
    const response: QuestionnaireResponse = {
      resourceType: 'QuestionnaireResponse',
      questionnaire: `${questionnaire.url}|${questionnaire.version}`,
      status: 'completed',
      subject: { reference: 'Patient/person' },
      item,
    }
    // Answers to questions that do not apply were generated as well.
    return { ...response, item: itemsOf(questionnaire.item ?? [], readAnswers(response, questionnaire).answers) }
  })
