/** Answers to choices (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.answerOption). */
import type { QuestionnaireItem, QuestionnaireItemAnswerOption, ValueSet } from 'fhir/r4.js'
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

export const isSameCoding = (value: unknown, option: unknown): boolean =>
  isNode(value) && isNode(option) && value['code'] === option['code'] && value['system'] === option['system']

type Value = Pick<Spot, 'value' | 'type'>

/** The same text for values that are the same answer: Codings of one system and code, References to one resource, equal values of one type. */
export const keyOf = ({ value, type }: Value): string => {
  const { system, code, reference } = isNode(value) ? value : {}
  if (type === 'Coding') return JSON.stringify([type, system, code])
  return JSON.stringify([type, type === 'Reference' ? reference : value])
}

/** The options of a question by what they offer, and the types of these values. */
type Offered = Readonly<{ options: ReadonlyMap<string, QuestionnaireItemAnswerOption>; types: readonly string[] }>

const known = new WeakMap<object, Offered>()

/** What a question offers, looked through once however many answers there are. */
const offeredBy = ({ answerOption = [] }: QuestionnaireItem): Offered => {
  const before = known.get(answerOption)
  if (before !== undefined) return before
  const options = new Map<string, QuestionnaireItemAnswerOption>()
  const types = new Set<string>()
  for (const option of answerOption)
    for (const { property, type } of OPTIONS) {
      const value = (option as unknown as Readonly<Record<string, unknown>>)[property]
      if (value === undefined) continue
      options.set(keyOf({ value, type }), option)
      types.add(type)
    }
  const offered = { options, types: [...types] }
  known.set(answerOption, offered)
  return offered
}

/** The types of value that a question offers. */
export const typesOffered = (item: QuestionnaireItem): readonly string[] => offeredBy(item).types

/** The option of a question that offers a value. */
export const optionOf = (value: Value, item: QuestionnaireItem): QuestionnaireItemAnswerOption | undefined =>
  offeredBy(item).options.get(keyOf(value))

/** A value set by its address, or as the Questionnaire contains it; what a contained Questionnaire names so is contained beside it. */
export const valueSetOf = (canonical: string, { questionnaire, value, run }: Asked): string | ValueSet => {
  if (!canonical.startsWith('#')) return canonical
  const { contained = [] } = questionnaire
  const found = contained.find(({ id }) => `#${id}` === canonical) ?? run.resolve(value, canonical)?.value
  return isNode(found) && found['resourceType'] === 'ValueSet' ? (found as unknown as ValueSet) : canonical
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
export const checkOptions = (asked: Asked): void => {
  const { item, value, run, report } = asked
  const isFreeText = item.type === 'open-choice' && (value.type === 'string' || isWords(value))
  if ((item.type !== 'choice' && item.type !== 'open-choice' && item.answerOption === undefined) || isFreeText) return
  const options = item.answerOption ?? []
  if (options.length > 0) {
    const chosen = optionOf(value, item)
    if (chosen !== undefined) {
      checkName(value, chosen, report)
      return
    }
    report('answer-not-an-option', 'The answer is none of the options of the question.', {
      expected: `one of the ${options.length} options of the item ${item.linkId}`,
    })
  } else if (
    item.answerValueSet !== undefined &&
    run.memberOf(value, valueSetOf(item.answerValueSet, asked)) === false
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
    const option = value === undefined ? undefined : optionOf(value, item)
    if (option === undefined || !alone.includes(option)) continue
    run.report(
      findingAt(answer, 'answer-exclusive', 'invalid', 'This option excludes the others, and others are chosen too.', {
        hint: 'Leave it, or leave the others.',
      }),
    )
  }
}
