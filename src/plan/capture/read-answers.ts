import type {
  Questionnaire,
  QuestionnaireItem,
  QuestionnaireResponse,
  QuestionnaireResponseItem,
  QuestionnaireResponseItemAnswer,
} from 'fhir/r4.js'
import { type Issue, issue } from '../../fhir/outcome.ts'
import type { Answers } from './answers.ts'
import { isEnabled } from './enabled.ts'
import { checkedAnswer } from './value.ts'

type Found = { values: Map<string, QuestionnaireResponseItemAnswer[]>; groups: Map<string, Answers[]> }

const checkedValues = (
  item: QuestionnaireItem,
  given: QuestionnaireResponseItem,
  expression: string,
  issues: Issue[],
): QuestionnaireResponseItemAnswer[] => {
  const answers = given.answer ?? []
  if (given.item !== undefined) {
    issues.push(
      issue('extract-unknown-item', expression, `${item.linkId} is a question without items below it.`, {
        code: 'structure',
      }),
    )
  }
  if (item.repeats !== true && answers.length > 1) {
    issues.push(issue('extract-repeats', expression, `${item.linkId} takes one answer.`, { code: 'structure' }))
  }
  return answers.flatMap((answer, index) => {
    const at = `${expression}.answer[${index}]`
    if (answer.item !== undefined) {
      issues.push(
        issue('extract-unknown-item', at, `An answer to ${item.linkId} has no items below it.`, { code: 'structure' }),
      )
    }
    const checked = checkedAnswer(item, answer, at)
    if (!('severity' in checked)) return [checked]
    issues.push(checked)
    return []
  })
}

/** The content of one level, as far as it is sound; what is not goes to `issues`. Descends only where the Questionnaire does. */
const readLevel = (
  definitions: readonly QuestionnaireItem[],
  items: readonly QuestionnaireResponseItem[],
  at: Readonly<{ name: string; expression: string }>,
  issues: Issue[],
): Answers => {
  const found: Found = { values: new Map(), groups: new Map() }
  items.forEach((given, index) => {
    const expression = `${at.expression}.item[${index}]`
    const definition = definitions.find((candidate) => candidate.linkId === given.linkId)
    if (definition === undefined) {
      const known = definitions.map((candidate) => candidate.linkId).join(', ')
      issues.push(
        issue(
          'extract-unknown-item',
          expression,
          `The Questionnaire has no item with this linkId here. It has: ${known}.`,
          { code: 'not-found' },
        ),
      )
      return
    }
    const { linkId, type, repeats } = definition
    const before = type === 'group' ? (found.groups.get(linkId)?.length ?? 0) : Number(found.values.has(linkId))
    if (before > 0 && (type !== 'group' || repeats !== true)) {
      issues.push(
        issue(
          'extract-repeats',
          expression,
          `The item ${linkId} occurs once${repeats === true ? ', with all its answers' : ''}.`,
          { code: 'structure' },
        ),
      )
      return
    }
    if (type !== 'group') {
      found.values.set(linkId, checkedValues(definition, given, expression, issues))
      return
    }
    if (given.answer !== undefined) {
      issues.push(
        issue('extract-type', expression, `${linkId} is a group: it has items, not answers.`, { code: 'structure' }),
      )
    }
    const parent = at.name === '' ? '' : `${at.name}/`
    const below = { name: `${parent}${linkId}[${before}]`, expression }
    const answers = readLevel(definition.item ?? [], given.item ?? [], below, issues)
    found.groups.set(linkId, [...(found.groups.get(linkId) ?? []), answers])
  })
  return { ...at, ...found }
}

const isAnswered = (item: QuestionnaireResponseItem): boolean =>
  (item.answer?.length ?? 0) > 0 || (item.item?.length ?? 0) > 0

/** Answers that are required and missing, or given although their question does not apply. */
const completeness = (
  definitions: readonly QuestionnaireItem[],
  items: readonly QuestionnaireResponseItem[],
  around: readonly [Answers, ...Answers[]],
  issues: Issue[],
): void => {
  const [here] = around
  for (const definition of definitions) {
    const given = items.flatMap((item, index) => (item.linkId === definition.linkId && isAnswered(item) ? [index] : []))
    const enabled = isEnabled(definition, around)
    if (enabled && definition.required === true && given.length === 0) {
      issues.push(
        issue('extract-required', here.expression, `An answer to ${definition.linkId} is required and missing.`, {
          code: 'required',
        }),
      )
    }
    for (const index of enabled ? [] : given) {
      const when = definition.enableWhen?.map((condition) => condition.question).join(', ')
      issues.push(
        issue(
          'extract-not-enabled',
          `${here.expression}.item[${index}]`,
          `${definition.linkId} does not apply, by the answer to ${when}. Leave one of them out.`,
          { code: 'business-rule' },
        ),
      )
    }
    for (const below of here.groups.get(definition.linkId) ?? []) {
      const position = Number(/\[(\d+)\]$/.exec(below.expression)?.[1])
      completeness(definition.item ?? [], items[position]?.item ?? [], [below, ...around], issues)
    }
  }
}

/**
 * The answers of a response, and everything in which it does not obey its Questionnaire: unknown items, repetitions,
 * values of the wrong type or outside the options, required answers missing, answers to questions that do not apply.
 * Only without issues may the answers be used. The response must be structurally valid R4.
 */
export const readAnswers = (
  response: QuestionnaireResponse,
  questionnaire: Questionnaire,
): { answers: Answers; issues: readonly Issue[] } => {
  const issues: Issue[] = []
  const definitions = questionnaire.item ?? []
  const items = response.item ?? []
  const answers = readLevel(definitions, items, { name: '', expression: 'QuestionnaireResponse' }, issues)
  completeness(definitions, items, [answers], issues)
  return { answers, issues }
}
