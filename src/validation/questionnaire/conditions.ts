/** The conditions under which a form asks its items (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen). */
import type { QuestionnaireItem, QuestionnaireItemEnableWhen } from 'fhir/r4.js'
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import { isChoice, optionOf, typesOffered } from './options.ts'
import { TYPES } from './types.ts'

/** The places of items, by their linkIds. */
export type Order = ReadonlyMap<unknown, Readonly<{ item: Spot; index: number }>>

/** Types of the values by which an item is answered; undefined for one that may take any. */
const typesOf = (question: QuestionnaireItem): readonly string[] | undefined => {
  const offered = typesOffered(question)
  return isChoice(question) && offered.length > 0
    ? [...offered, ...(question.type === 'open-choice' ? ['string'] : [])]
    : TYPES[question.type]
}

const isBelow = (item: Spot, other: Spot): boolean => {
  for (let at = item.parent; at !== undefined; at = at.parent) if (at.value === other.value) return true
  return false
}

/** Reports a condition that could never hold, or always would. */
type Warn = (at: Spot, key: string, text: string, expected: string, hint: string) => void

/** Codes and truths have no order. */
const WITHOUT_ORDER: ReadonlySet<string> = new Set(['Coding', 'Reference', 'boolean'])

/** What a condition compares with is what the question may be answered by. */
const checkCompared = (condition: Spot, { value }: Spot, warn: Warn): void => {
  const { operator } = condition.value as QuestionnaireItemEnableWhen
  const question = value as QuestionnaireItem
  const [answer] = childrenNamed(condition, 'answer')
  if (answer === undefined || operator === 'exists') return
  const types = typesOf(question)
  // An address is compared as a text: a condition has no other type for it.
  const isFit =
    types === undefined || types.includes(answer.type) || (types.includes('uri') && answer.type === 'string')
  if (!isFit) {
    const expected = types.join(' or ')
    warn(
      answer,
      'enable-when-type',
      `This is a ${answer.type}, and the question is answered by ${expected}.`,
      expected,
      'Give a value of the type of the question.',
    )
  } else if (WITHOUT_ORDER.has(answer.type) && operator !== '=' && operator !== '!=')
    warn(
      childOrSelf(condition, 'operator'),
      'enable-when-operator',
      `There is no order among values of type ${answer.type}.`,
      '= or !=',
      'Compare by what it is equal to.',
    )
  else if (
    question.type === 'choice' &&
    (question.answerOption ?? []).length > 0 &&
    optionOf(answer, question) === undefined
  )
    warn(
      answer,
      'enable-when-option',
      'The question cannot be answered by this: it is none of its options.',
      `one of the ${question.answerOption?.length} options of the item ${question.linkId}`,
      'Compare with one of the options.',
    )
}

/** A condition is about a question that the form asks, and asks before what depends on it. */
export const checkCondition = (condition: Spot, item: Spot, own: number, order: Order, run: Run): void => {
  const [question] = childrenNamed(condition, 'question')
  if (typeof question?.value !== 'string') return
  const asked = order.get(question.value)
  const report = (key: string, text: string, hint: string, severity: 'error' | 'warning' = 'error'): void =>
    run.report(
      findingAt(question, key, 'business-rule', text, { severity, expected: 'the linkId of an item before it', hint }),
    )
  if (asked === undefined) {
    report(
      'enable-when-unknown',
      'The condition is about a question that the Questionnaire does not ask.',
      'Check the linkId, or add the question.',
    )
    return
  }
  if (asked.index === own)
    report(
      'enable-when-itself',
      'The condition is about the item that it stands in: it could never be asked.',
      'Name the question that decides about this one.',
    )
  else if (isBelow(asked.item, item))
    report(
      'enable-when-inner',
      'The condition is about a question below the item that it stands in: it could never be asked.',
      'Name a question that is asked before.',
    )
  else if (asked.index > own)
    report(
      'enable-when-later',
      'The condition is about a question that is asked later.',
      'Ask the question before the items that depend on it.',
      'warning',
    )
  const { type } = asked.item.value as QuestionnaireItem
  if (type === 'group' || type === 'display')
    report(
      'enable-when-no-question',
      `The condition is about an item of type ${type}, which has no answer.`,
      'Name the question that decides about this one.',
      'warning',
    )
  else
    checkCompared(condition, asked.item, (at, key, text, expected, hint) =>
      run.report(
        findingAt(at, key, 'invalid', text, { severity: 'warning', value: shownValue(at.value), expected, hint }),
      ),
    )
}
