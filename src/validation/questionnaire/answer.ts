import type { Extension, Questionnaire, QuestionnaireItem, ValueSet } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { orderOf } from '../../fhir/fhirpath/fhirpath.ts'
import { PatternFault, regularExpression } from '../../fhir/regular-expression/regular-expression.ts'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import { TYPES } from './types.ts'

/** A choice among values that are no codes is answered by one of them. */
const OPTIONS = R4_MODEL.properties('Questionnaire.item.answerOption', 'value')

const EXTENSION = 'http://hl7.org/fhir/StructureDefinition/'

const extensionsOf = (item: QuestionnaireItem, name: string): readonly Extension[] =>
  (item.extension ?? []).filter(({ url }) => url === EXTENSION + name)

/** The value of the extension of a name, with its type. */
const extensionValue = (item: QuestionnaireItem, name: string) => {
  const [extension] = extensionsOf(item, name)
  if (extension === undefined) return undefined
  for (const { property, type } of R4_MODEL.properties('Extension', 'value')) {
    const value = (extension as unknown as Readonly<Record<string, unknown>>)[property]
    if (value !== undefined) return { value, type }
  }
  return undefined
}

type Report = (key: string, text: string, more?: Readonly<{ expected?: string; hint?: string }>) => void
type Asked = Readonly<{
  item: QuestionnaireItem
  questionnaire: Questionnaire
  answer: Spot
  value: Spot
  run: Run
  report: Report
}>

const isSameCoding = (value: unknown, option: unknown): boolean =>
  isNode(value) && isNode(option) && value['code'] === option['code'] && value['system'] === option['system']

const isOption = ({ value, type }: Spot, option: Readonly<Record<string, unknown>>): boolean =>
  OPTIONS.some(({ property, type: optionType }) => {
    const offered = option[property]
    if (offered === undefined || optionType !== type) return false
    if (type === 'Coding') return isSameCoding(value, offered)
    return type === 'Reference'
      ? isNode(value) && isNode(offered) && value['reference'] === offered['reference']
      : value === offered
  })

/** A value set by its address, or as the Questionnaire contains it. */
const valueSetOf = (canonical: string, { contained = [] }: Questionnaire): string | ValueSet => {
  const found = canonical.startsWith('#') ? contained.find(({ id }) => `#${id}` === canonical) : undefined
  return found?.resourceType === 'ValueSet' ? (found as ValueSet) : canonical
}

const checkOptions = ({ item, questionnaire, value, run, report }: Asked): void => {
  const isFreeText = item.type === 'open-choice' && value.type === 'string'
  if ((item.type !== 'choice' && item.type !== 'open-choice' && item.answerOption === undefined) || isFreeText) return
  const options = item.answerOption ?? []
  if (options.length > 0) {
    if (options.some((option) => isOption(value, option as unknown as Readonly<Record<string, unknown>>))) return
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

const checkText = ({ item, value: { value }, report }: Asked): void => {
  if (typeof value !== 'string') return
  const { length } = [...value]
  if (item.maxLength !== undefined && length > item.maxLength)
    report('answer-too-long', `The answer has ${length} characters, and at most ${item.maxLength} are asked for.`)
  const least = extensionValue(item, 'minLength')?.value
  if (typeof least === 'number' && length < least)
    report('answer-too-short', `The answer has ${length} characters, and at least ${least} are asked for.`)
  const pattern = extensionValue(item, 'regex')?.value
  if (typeof pattern !== 'string') return
  try {
    if (regularExpression(pattern, { isWhole: true }).test(value)) return
    report('answer-pattern', 'The answer has not the form that is asked for.', { expected: pattern })
  } catch (error) {
    if (!(error instanceof PatternFault)) throw error
  }
}

const decimals = (value: number): number => {
  const [, digits = '', exponent = '0'] = /^-?\d+(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(value)) ?? []
  return Math.max(0, digits.length - Number(exponent))
}

const checkBounds = ({ item, value, report }: Asked): void => {
  const bounds = [
    ['minValue', (order: number) => order >= 0, 'least'],
    ['maxValue', (order: number) => order <= 0, 'most'],
  ] as const
  for (const [name, holds, word] of bounds) {
    const bound = extensionValue(item, name)
    const order = bound === undefined ? undefined : orderOf(value, bound, R4_MODEL)
    if (bound !== undefined && order !== undefined && !holds(order))
      report('answer-out-of-range', `The answer is beyond the ${word} that is asked for.`, {
        expected: `at ${word} ${shownValue(bound.value)}`,
      })
  }
  const places = extensionValue(item, 'maxDecimalPlaces')?.value
  if (typeof places === 'number' && typeof value.value === 'number' && decimals(value.value) > places)
    report('answer-decimals', `The answer has more than the ${places} decimal places that are asked for.`)
}

const checkUnit = ({ item, questionnaire, value: spot, run, report }: Asked): void => {
  const { value } = spot
  if (spot.type !== 'Quantity' || !isNode(value)) return
  const options = extensionsOf(item, 'questionnaire-unitOption').map(({ valueCoding }) => valueCoding)
  if (options.length > 0 && !options.some((option) => isSameCoding(value, option)))
    report('answer-unit', 'The answer is in none of the units that are asked for.', {
      expected: options.map((option) => option?.code ?? '').join(', '),
    })
  const valueSet = extensionValue(item, 'questionnaire-unitValueSet')?.value
  const unit = { value: { system: value['system'], code: value['code'] }, type: 'Coding' }
  if (
    typeof valueSet === 'string' &&
    value['code'] !== undefined &&
    run.memberOf(unit, valueSetOf(valueSet, questionnaire)) === false
  )
    report('answer-unit', 'The answer is in a unit that is not asked for.', { expected: `a unit of ${valueSet}` })
}

const checkAttachment = ({ item, value: { value }, report }: Asked): void => {
  if (!isNode(value)) return
  const types = extensionsOf(item, 'mimeType').map(({ valueCode }) => valueCode)
  if (types.length > 0 && value['contentType'] !== undefined && !types.includes(String(value['contentType'])))
    report('answer-attachment', 'The attachment is of a type that is not asked for.', { expected: types.join(', ') })
  const most = extensionValue(item, 'maxSize')?.value
  const size = typeof value['data'] === 'string' ? Math.floor((value['data'].length * 3) / 4) : value['size']
  if (typeof most === 'number' && typeof size === 'number' && size > most * 1_048_576)
    report('answer-attachment', `The attachment is larger than the ${most} MB that are asked for.`)
}

const CHECKS: readonly ((asked: Asked) => void)[] = [checkOptions, checkText, checkBounds, checkUnit, checkAttachment]

/** Whether one answer is what its question asks for: its type, its options, its length and bounds. */
export const checkAnswer = (answer: Spot, item: QuestionnaireItem, questionnaire: Questionnaire, run: Run): void => {
  const [value] = childrenNamed(answer, 'value')
  if (value === undefined) return
  const report: Report = (key, text, more = {}) =>
    run.report(findingAt(value, key, 'invalid', text, { value: shownValue(value.value), ...more }))
  const offered = (item.answerOption ?? []).flatMap((option) =>
    OPTIONS.filter(({ property }) => property in option).map(({ type }) => type),
  )
  const wanted = item.type === 'choice' && offered.length > 0 ? offered : [...(TYPES[item.type] ?? []), ...offered]
  if (TYPES[item.type] !== undefined && !wanted.includes(value.type)) {
    report('answer-type', `The question is of type ${item.type}, and the answer is a ${value.type}.`, {
      expected: [...new Set(wanted)].join(' or '),
    })
    return
  }
  const asked: Asked = { item, questionnaire, answer, value, run, report }
  for (const check of CHECKS) check(asked)
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
    if (value === undefined || !alone.some((option) => isOption(value, option as never))) continue
    run.report(
      findingAt(answer, 'answer-exclusive', 'invalid', 'This option excludes the others, and others are chosen too.', {
        hint: 'Leave it, or leave the others.',
      }),
    )
  }
}

/** How often a question may and must be answered: `repeats`, `required` and the extensions that say it in numbers; `least` holds once it is answered. */
export const occurrencesOf = (
  item: QuestionnaireItem,
): Readonly<{ isRequired: boolean; least: number; most: number }> => {
  const least = extensionValue(item, 'questionnaire-minOccurs')?.value
  const most = extensionValue(item, 'questionnaire-maxOccurs')?.value
  return {
    isRequired: item.required === true,
    least: typeof least === 'number' ? Math.max(1, least) : 1,
    most: item.repeats === true ? (typeof most === 'number' ? most : Number.POSITIVE_INFINITY) : 1,
  }
}
