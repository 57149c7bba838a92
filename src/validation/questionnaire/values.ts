/** Values that a Questionnaire holds itself: they are of the types of its questions (http://hl7.org/fhir/R4/questionnaire-definitions.html). */
import type { QuestionnaireItem } from 'fhir/r4.js'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import { TYPES } from './types.ts'

const isChoice = ({ type }: QuestionnaireItem): boolean => type === 'choice' || type === 'open-choice'

/** The type of the one value that stands in an element. */
const typeIn = (holder: Spot, name: string): string | undefined => childrenNamed(holder, name)[0]?.type

/** Types of the values by which an item is answered; undefined for one that takes no answer, or may take any. */
const typesOf = (item: Spot): readonly string[] | undefined => {
  const question = item.value as QuestionnaireItem
  const options = childrenNamed(item, 'answerOption').flatMap((option) => typeIn(option, 'value') ?? [])
  return isChoice(question) && options.length > 0
    ? [...options, ...(question.type === 'open-choice' ? ['string'] : [])]
    : TYPES[question.type]
}

const report = (at: Spot, key: string, of: string, types: readonly string[], run: Run, isError: boolean): void =>
  run.report(
    findingAt(at, key, 'invalid', `This is a ${at.type}, and the question is answered by ${of}.`, {
      severity: isError ? 'error' : 'warning',
      value: shownValue(at.value),
      expected: types.join(' or '),
      hint: 'Give a value of the type of the question.',
    }),
  )

const checkValues = (item: Spot, name: 'answerOption' | 'initial', run: Run): void => {
  const question = item.value as QuestionnaireItem
  // A choice may be among values that are no codes, and begin with one of them.
  const types = isChoice(question) ? undefined : TYPES[question.type]
  if (types === undefined) return
  for (const holder of childrenNamed(item, name)) {
    const [value] = childrenNamed(holder, 'value')
    if (value !== undefined && !types.includes(value.type))
      report(value, name === 'initial' ? 'initial-type' : 'option-type', types.join(' or '), types, run, true)
  }
}

/** Options and first values of an item. */
export const checkOwnValues = (item: Spot, run: Run): void => {
  checkValues(item, 'answerOption', run)
  checkValues(item, 'initial', run)
}

/** What a condition compares with is of the type by which the question is answered, or it could never hold. */
export const checkConditionType = (condition: Spot, question: Spot, run: Run): void => {
  const { operator } = condition.value as { operator?: unknown }
  const [answer] = childrenNamed(condition, 'answer')
  const types = typesOf(question)
  if (answer === undefined || types === undefined || operator === 'exists' || types.includes(answer.type)) return
  // An address is compared as a text: a condition has no other type for it.
  if (types.includes('uri') && answer.type === 'string') return
  report(answer, 'enable-when-type', types.join(' or '), types, run, false)
}
