/** Values that a Questionnaire holds itself: they are of the types of its questions (http://hl7.org/fhir/R4/questionnaire-definitions.html). */
import type { Questionnaire, QuestionnaireItem, QuestionnaireItemAnswerOption } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { orderOf } from '../../fhir/fhirpath/fhirpath.ts'
import { childrenNamed } from '../children.ts'
import { type Finding, shownValue } from '../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import { checkAnswer } from './answer.ts'
import { EXTENSION, extensionValue } from './item-extensions.ts'
import { isChoice, keyOf } from './options.ts'
import { TYPES } from './types.ts'

const checkTypes = (item: Spot, name: 'answerOption' | 'initial', run: Run): void => {
  const question = item.value as QuestionnaireItem
  // A choice may be among values that are no codes, and begin with one of them.
  const types = isChoice(question) ? undefined : TYPES[question.type]
  if (types === undefined) return
  for (const holder of childrenNamed(item, name)) {
    const [value] = childrenNamed(holder, 'value')
    if (value === undefined || types.includes(value.type)) continue
    const expected = types.join(' or ')
    run.report(
      findingAt(
        value,
        name === 'initial' ? 'initial-type' : 'option-type',
        'invalid',
        `This is a ${value.type}, and the question is answered by ${expected}.`,
        { value: shownValue(value.value), expected, hint: 'Give a value of the type of the question.' },
      ),
    )
  }
}

const warn = (at: Spot, key: string, text: string, more: Partial<Finding>, run: Run): void =>
  run.report(findingAt(at, key, 'business-rule', text, { severity: 'warning', ...more }))

/** Each option is offered once, and a question that is answered once begins with one of them at most. */
const checkOffered = (item: Spot, run: Run): void => {
  const { repeats } = item.value as QuestionnaireItem
  const offered = new Set<string>()
  let selected = 0
  for (const option of childrenNamed(item, 'answerOption')) {
    const [value] = childrenNamed(option, 'value')
    const key = value === undefined ? undefined : keyOf(value)
    if (value !== undefined && key !== undefined && offered.has(key))
      warn(
        value,
        'option-twice',
        'The question offers this twice.',
        {
          value: shownValue(value.value),
          expected: 'an option of its own',
          hint: 'Leave one of them out, or correct its code.',
        },
        run,
      )
    if (key !== undefined) offered.add(key)
    if ((option.value as QuestionnaireItemAnswerOption).initialSelected !== true) continue
    selected++
    if (selected === 2 && repeats !== true)
      warn(
        option,
        'options-selected',
        'The question is answered once, and begins with several options.',
        { expected: 'one option with initialSelected', hint: 'Let it begin with one of them, or let it repeat.' },
        run,
      )
  }
}

/** Bounds are of the type of the answers, and leave room between them. */
const checkBounds = (item: Spot, run: Run): void => {
  const question = item.value as QuestionnaireItem
  const types = TYPES[question.type] ?? []
  const bounds = ['minValue', 'maxValue'].map((name) => ({ name, bound: extensionValue(question, name) }))
  for (const { name, bound } of bounds) {
    if (bound === undefined || types.includes(bound.type)) continue
    const at = childrenNamed(item, 'extension').find(
      ({ value }) => (value as { url?: unknown }).url === EXTENSION + name,
    ) as Spot
    warn(
      at,
      'bound-type',
      `The bound is a ${bound.type}, and the question is of type ${question.type}.`,
      {
        value: shownValue(bound.value),
        expected: types.join(' or '),
        hint: 'Give the bound in the type of the answers.',
      },
      run,
    )
  }
  const [least, most] = bounds.map(({ bound }) => bound)
  const order = least === undefined || most === undefined ? undefined : orderOf(least, most, R4_MODEL)
  if (order !== undefined && order > 0)
    warn(
      item,
      'bounds-crossed',
      'No answer lies between the bounds: the least is more than the most.',
      {
        value: `${shownValue(least?.value)} and ${shownValue(most?.value)}`,
        expected: 'minValue at most maxValue',
        hint: 'Put the bounds in order.',
      },
      run,
    )
}

/** Options, first values and bounds of an item. */
export const checkOwnValues = (item: Spot, questionnaire: Questionnaire, run: Run): void => {
  checkTypes(item, 'answerOption', run)
  checkTypes(item, 'initial', run)
  checkOffered(item, run)
  for (const initial of childrenNamed(item, 'initial'))
    checkAnswer(initial, item.value as QuestionnaireItem, questionnaire, run)
  checkBounds(item, run)
}
