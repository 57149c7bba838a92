/** Answers to choices (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.answerOption). */
import type { Questionnaire, QuestionnaireItem, QuestionnaireItemAnswerOption, ValueSet } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { sameText } from '../../definitions/terminology/validation.ts'
import { childrenNamed } from '../children.ts'
import { isNode } from '../invariants/invariant.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import type { Asked, Report } from './asked.ts'
import { EXTENSION } from './item-extensions.ts'

/** A choice among values that are no codes is answered by one of them. */
const OPTIONS = R4_MODEL.properties('Questionnaire.item.answerOption', 'value')

export const isChoice = ({ type }: QuestionnaireItem): boolean => type === 'choice' || type === 'open-choice'

/** The types of value that a question offers. */
export const typesOffered = ({ answerOption = [] }: QuestionnaireItem): readonly string[] =>
  answerOption.flatMap((option) => OPTIONS.filter(({ property }) => property in option).map(({ type }) => type))

export const isSameCoding = (value: unknown, option: unknown): boolean =>
  isNode(value) && isNode(option) && value['code'] === option['code'] && value['system'] === option['system']

/** Whether a value is the one that an option offers. */
export const isOption = (
  { value, type }: Pick<Spot, 'value' | 'type'>,
  option: QuestionnaireItemAnswerOption,
): boolean =>
  OPTIONS.some(({ property, type: optionType }) => {
    const offered = (option as unknown as Readonly<Record<string, unknown>>)[property]
    if (offered === undefined || optionType !== type) return false
    if (type === 'Coding') return isSameCoding(value, offered)
    return type === 'Reference'
      ? isNode(value) && isNode(offered) && value['reference'] === offered['reference']
      : value === offered
  })

/** A value set by its address, or as the Questionnaire contains it. */
export const valueSetOf = (canonical: string, { contained = [] }: Questionnaire): string | ValueSet => {
  const found = canonical.startsWith('#') ? contained.find(({ id }) => `#${id}` === canonical) : undefined
  return found?.resourceType === 'ValueSet' ? (found as ValueSet) : canonical
}

/** A Coding of words alone. */
const isWords = ({ value }: Spot): boolean =>
  isNode(value) && value['code'] === undefined && value['display'] !== undefined

/** What was shown beside an option is what was chosen by. */
const checkName = ({ value }: Spot, { valueCoding }: QuestionnaireItemAnswerOption, report: Report): void => {
  const shown = valueCoding?.display
  const display = isNode(value) ? value['display'] : undefined
  if (shown === undefined || typeof display !== 'string' || sameText(shown, display)) return
  report('answer-display', 'The option has another name in the Questionnaire.', {
    severity: 'warning',
    expected: shown,
    hint: 'Check that the code is the one that was chosen, then give it the name that the Questionnaire has.',
  })
}

/** An answer to a choice is one of its options; to an open one, it may be free text. */
export const checkOptions = ({ item, questionnaire, value, run, report }: Asked): void => {
  const isFreeText = item.type === 'open-choice' && (value.type === 'string' || isWords(value))
  if ((item.type !== 'choice' && item.type !== 'open-choice' && item.answerOption === undefined) || isFreeText) return
  const options = item.answerOption ?? []
  if (options.length > 0) {
    const chosen = options.find((option) => isOption(value, option))
    if (chosen !== undefined) {
      checkName(value, chosen, report)
      return
    }
    report('answer-not-an-option', 'The answer is none of the options of the question.', {
      expected: `one of the ${options.length} options of the item ${item.linkId}`,
    })
  } else if (
    item.answerValueSet !== undefined &&
    run.memberOf(value, valueSetOf(item.answerValueSet, questionnaire)) === false
  ) {
    report('answer-not-an-option', 'The answer is not in the value set of the question.', {
      expected: `a code of ${item.answerValueSet}`,
    })
  }
}

const EXCLUSIVE = `${EXTENSION}questionnaire-optionExclusive`

/** An option that excludes the others is chosen alone. */
export const checkExclusive = (answers: readonly Spot[], item: QuestionnaireItem, run: Run): void => {
  const alone = (item.answerOption ?? []).filter(({ extension }) =>
    extension?.some(({ url, valueBoolean }) => url === EXCLUSIVE && valueBoolean === true),
  )
  if (answers.length < 2 || alone.length === 0) return
  for (const answer of answers) {
    const [value] = childrenNamed(answer, 'value')
    if (value === undefined || !alone.some((option) => isOption(value, option))) continue
    run.report(
      findingAt(answer, 'answer-exclusive', 'invalid', 'This option excludes the others, and others are chosen too.', {
        hint: 'Leave it, or leave the others.',
      }),
    )
  }
}
