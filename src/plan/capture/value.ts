import type { Coding, QuestionnaireItem, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'

type Checked = QuestionnaireResponseItemAnswer | Issue

/** The `value[x]` that an item of this type takes (http://hl7.org/fhir/R4/codesystem-item-type.html). */
const VALUE_OF_TYPE: Partial<Record<QuestionnaireItem['type'], readonly (keyof QuestionnaireResponseItemAnswer)[]>> = {
  boolean: ['valueBoolean'],
  integer: ['valueInteger'],
  date: ['valueDate'],
  dateTime: ['valueDateTime'],
  string: ['valueString'],
  text: ['valueString'],
  choice: ['valueCoding', 'valueString'],
  'open-choice': ['valueCoding', 'valueString'],
}

const isDay = (text: string): boolean => {
  const day = new Date(`${text}T00:00:00Z`)
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text)
}

const isMoment = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?(Z|[+-]\d{2}:\d{2})$/.test(text) &&
  isDay(text.slice(0, 10)) &&
  !Number.isNaN(Date.parse(text))

const limit = (item: QuestionnaireItem, name: 'minValue' | 'maxValue'): number | undefined =>
  item.extension?.find((extension) => extension.url === `http://hl7.org/fhir/StructureDefinition/${name}`)?.valueInteger

/** What the format of a value must be beyond its type, in words; undefined where it is as it must be. */
const wrongFormat = (item: QuestionnaireItem, answer: QuestionnaireResponseItemAnswer): string | undefined => {
  const { valueString: text, valueInteger: number, valueDate: day, valueDateTime: moment, valueBoolean: flag } = answer
  const longest = item.maxLength ?? Number.POSITIVE_INFINITY
  const least = limit(item, 'minValue') ?? Number.NEGATIVE_INFINITY
  const most = limit(item, 'maxValue') ?? Number.POSITIVE_INFINITY
  if (text !== undefined && (typeof text !== 'string' || text.trim() === '')) return 'a text that is not blank'
  if (text !== undefined && text.length > longest) return `a text of at most ${longest} characters`
  if (number !== undefined && !Number.isInteger(number)) return 'a whole number'
  if (number !== undefined && (number < least || number > most)) return `a whole number from ${least} to ${most}`
  if (day !== undefined && !isDay(day)) return 'a day of the calendar, YYYY-MM-DD'
  if (moment !== undefined && !isMoment(moment))
    return 'a date with time to the second and time zone, e.g. 2026-03-12T14:30:00Z'
  if (flag !== undefined && typeof flag !== 'boolean') return 'true or false'
  return undefined
}

const same = (left: Coding | undefined, right: Coding | undefined): boolean =>
  left?.system === right?.system && left?.code === right?.code

const words = (text: string | undefined): string | undefined => text?.trim().toLowerCase()

/**
 * A choice as the Questionnaire has it, its display included: what the sender wrote beside the code is not kept, and is
 * refused where it is the display of another option, since then code and words contradict each other.
 */
const checkedChoice = (
  item: QuestionnaireItem,
  answer: QuestionnaireResponseItemAnswer,
  expression: string,
): Checked => {
  const options = item.answerOption ?? []
  if (answer.valueString !== undefined) {
    if (item.type === 'open-choice' || options.some((option) => option.valueString === answer.valueString))
      return answer
  } else {
    const given = answer.valueCoding
    const option = options.find(
      (candidate) => candidate.valueCoding !== undefined && same(candidate.valueCoding, given),
    )
    const display = words(given?.display)
    const other = options.find((candidate) => words(candidate.valueCoding?.display) === display && candidate !== option)
    if (option !== undefined && display !== undefined && other !== undefined) {
      return issue(
        'extract-contradiction',
        `${expression}.valueCoding.display`,
        `The display of this answer to ${item.linkId} is that of another option than its code. Send the code that is meant.`,
        { code: 'value' },
      )
    }
    if (option?.valueCoding !== undefined) return { valueCoding: option.valueCoding }
  }
  const allowed = options.map(
    (option) => option.valueString ?? `${option.valueCoding?.system ?? ''}|${option.valueCoding?.code ?? ''}`,
  )
  return issue(
    'extract-option',
    expression,
    `This answer to ${item.linkId} is none of its options. Options: ${allowed.join(', ')}.`,
    { code: 'code-invalid' },
  )
}

/**
 * The answer as it may be extracted, or the one thing that is wrong with it.
 * `expression` is the FHIRPath of the answer. The message holds nothing of the answer.
 */
export const checkedAnswer = (
  item: QuestionnaireItem,
  answer: QuestionnaireResponseItemAnswer,
  expression: string,
): Checked => {
  const expected = VALUE_OF_TYPE[item.type] ?? []
  const given = Object.keys(answer).filter((name) => name.startsWith('value'))
  if (given.length !== 1 || !expected.some((name) => name === given[0])) {
    return issue(
      'extract-type',
      expression,
      `An answer to ${item.linkId} (type ${item.type}) has exactly one value: ${expected.join(' or ')}.`,
      { code: 'structure' },
    )
  }
  const format = wrongFormat(item, answer)
  if (format !== undefined)
    return issue('extract-value', expression, `An answer to ${item.linkId} must be ${format}.`, { code: 'value' })
  return item.type === 'choice' || item.type === 'open-choice' ? checkedChoice(item, answer, expression) : answer
}
