import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import { R4_MODEL } from '../../definitions/path-model.ts'
import { orderOf } from '../../fhir/fhirpath/fhirpath.ts'
import { PatternFault, regularExpression } from '../../fhir/regular-expression/regular-expression.ts'
import { childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode } from '../invariants/invariant.ts'
import { findingAt, type Run, type Spot } from '../spot.ts'
import { decimals } from '../values/decimals.ts'
import type { Asked, Report } from './asked.ts'
import { extensionsOf, extensionValue } from './item-extensions.ts'
import { checkOptions, isSameCoding, typesOffered, valueSetOf } from './options.ts'
import { typeReferredTo } from './subject.ts'
import { TYPES } from './types.ts'

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

const checkUnit = (asked: Asked): void => {
  const { item, value: spot, run, report } = asked
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
    run.memberOf(unit, valueSetOf(valueSet, asked)) === false
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

/** A question for a reference may say what it may be to (http://hl7.org/fhir/R4/extension-questionnaire-referenceresource.html). */
const checkReference = ({ item, value, run, report }: Asked): void => {
  const wanted = extensionsOf(item, 'questionnaire-referenceResource').flatMap(({ valueCode }) => valueCode ?? [])
  if (value.type !== 'Reference' || wanted.length === 0) return
  const type = typeReferredTo(value, value, run)
  if (type === undefined || wanted.includes(type)) return
  report('answer-reference', `The answer refers to a resource of type ${type}, which is not asked for.`, {
    expected: wanted.join(' or '),
  })
}

const CHECKS: readonly ((asked: Asked) => void)[] = [
  checkOptions,
  checkText,
  checkBounds,
  checkUnit,
  checkAttachment,
  checkReference,
]

/**
 * Whether the value in an element is what its question asks for: its type, its options, its length and bounds. What a form begins with warns only:
 * it may be filled in otherwise.
 */
export const checkAnswer = (holder: Spot, item: QuestionnaireItem, questionnaire: Questionnaire, run: Run): void => {
  const [value] = childrenNamed(holder, 'value')
  if (value === undefined) return
  const isInitial = holder.name === 'initial'
  const report: Report = (key, text, more = {}) =>
    run.report(
      findingAt(value, key, 'invalid', text, {
        value: shownValue(value.value),
        ...(isInitial ? { severity: 'warning' } : {}),
        ...more,
      }),
    )
  const offered = typesOffered(item)
  const wanted = item.type === 'choice' && offered.length > 0 ? offered : [...(TYPES[item.type] ?? []), ...offered]
  if (TYPES[item.type] !== undefined && !wanted.includes(value.type)) {
    // Of what a form begins with, it is told with the form.
    if (!isInitial)
      report('answer-type', `The question is of type ${item.type}, and the answer is a ${value.type}.`, {
        expected: [...new Set(wanted)].join(' or '),
      })
    return
  }
  const asked: Asked = { item, questionnaire, value, run, report }
  for (const check of CHECKS) check(asked)
}
