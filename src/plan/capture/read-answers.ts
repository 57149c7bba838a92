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

type Findings = Readonly<{
  issues: Issue[]
  /** Questions whose answers are not to be relied on: nothing is concluded about others from them. */
  faulty: Set<string>
}>

const structure = (key: string, expression: string, text: string): Issue =>
  issue(key, expression, text, { code: 'structure' })

const readQuestion = (
  item: QuestionnaireItem,
  given: QuestionnaireResponseItem,
  expression: string,
  { issues, faulty }: Findings,
): QuestionnaireResponseItemAnswer[] => {
  const { linkId } = item
  const answers = given.answer ?? []
  const found: Issue[] = []
  if (given.item !== undefined) {
    found.push(structure('extract-unknown-item', expression, `${linkId} is a question without items below it.`))
  }
  if (item.repeats !== true && answers.length > 1) {
    found.push(structure('extract-repeats', expression, `${linkId} takes one answer.`))
  }
  const sound = answers.flatMap((answer, index) => {
    const at = `${expression}.answer[${index}]`
    if (answer.item !== undefined) {
      found.push(structure('extract-unknown-item', at, `An answer to ${linkId} has no items below it.`))
    }
    const checked = checkedAnswer(item, answer, at)
    if (!('severity' in checked)) return [checked]
    found.push(checked)
    return []
  })
  issues.push(...found)
  if (found.length > 0) faulty.add(linkId)
  return sound
}

const unknownItem = (definitions: readonly QuestionnaireItem[], expression: string): Issue => {
  const known = definitions.map((definition) => definition.linkId).join(', ')
  const text = `The Questionnaire has no item with this linkId here. It has: ${known}.`
  return issue('extract-unknown-item', expression, text, { code: 'not-found' })
}

const occursAgain = ({ linkId, type, repeats }: QuestionnaireItem, expression: string): Issue => {
  const how = type !== 'group' && repeats === true ? ', with all its answers' : ''
  return structure('extract-repeats', expression, `The item ${linkId} occurs once${how}.`)
}

/** The content of one level, as far as it is sound. Descends only where the Questionnaire does. */
const readLevel = (
  definitions: readonly QuestionnaireItem[],
  items: readonly QuestionnaireResponseItem[],
  at: Readonly<{ name: string; expression: string }>,
  findings: Findings,
): Answers => {
  const values = new Map<string, QuestionnaireResponseItemAnswer[]>()
  const groups = new Map<string, Answers[]>()
  items.forEach((given, index) => {
    const expression = `${at.expression}.item[${index}]`
    const definition = definitions.find((candidate) => candidate.linkId === given.linkId)
    if (definition === undefined) {
      findings.issues.push(unknownItem(definitions, expression))
      return
    }
    const { linkId, type, repeats } = definition
    const before = groups.get(linkId) ?? []
    if (values.has(linkId) || (before.length > 0 && repeats !== true)) {
      findings.issues.push(occursAgain(definition, expression))
      return
    }
    if (type !== 'group') {
      values.set(linkId, readQuestion(definition, given, expression, findings))
      return
    }
    if (given.answer !== undefined) {
      findings.issues.push(structure('extract-type', expression, `${linkId} is a group: it has items, not answers.`))
    }
    // A group in which nothing is said is one that was left out.
    if (given.item === undefined || given.item.length === 0) return
    const name = `${at.name === '' ? '' : `${at.name}/`}${linkId}[${before.length}]`
    const below = { name, expression }
    groups.set(linkId, [...before, readLevel(definition.item ?? [], given.item, below, findings)])
  })
  return { ...at, values, groups }
}

const isAnswered = (item: QuestionnaireResponseItem): boolean =>
  (item.answer?.length ?? 0) > 0 || (item.item?.length ?? 0) > 0

const notEnabled = (definition: QuestionnaireItem, expression: string): Issue => {
  const questions = new Set(definition.enableWhen?.map((condition) => condition.question))
  const text = `${definition.linkId} does not apply, by what is answered to ${[...questions].join(', ')}. Leave it out, or change that answer.`
  return issue('extract-not-enabled', expression, text)
}

/** Answers that are required and missing, or given although their question does not apply. */
const checkPresence = (
  definitions: readonly QuestionnaireItem[],
  items: readonly QuestionnaireResponseItem[],
  around: readonly [Answers, ...Answers[]],
  findings: Findings,
): void => {
  const [{ expression }] = around
  for (const definition of definitions) {
    if (definition.enableWhen?.some((condition) => findings.faulty.has(condition.question)) === true) continue
    const given = [...items.entries()].filter(([, item]) => item.linkId === definition.linkId && isAnswered(item))
    if (!isEnabled(definition, around)) {
      findings.issues.push(...given.map(([index]) => notEnabled(definition, `${expression}.item[${index}]`)))
      continue
    }
    if (definition.required === true && given.length === 0) {
      const text = `An answer to ${definition.linkId} is required and missing.`
      findings.issues.push(issue('extract-required', expression, text, { code: 'required' }))
    }
    for (const [index, item] of given) {
      const below = around[0].groups
        .get(definition.linkId)
        ?.find((answers) => answers.expression === `${expression}.item[${index}]`)
      if (below !== undefined) checkPresence(definition.item ?? [], item.item ?? [], [below, ...around], findings)
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
  const findings: Findings = { issues: [], faulty: new Set() }
  const definitions = questionnaire.item ?? []
  const items = response.item ?? []
  const answers = readLevel(definitions, items, { name: '', expression: 'QuestionnaireResponse' }, findings)
  checkPresence(definitions, items, [answers], findings)
  return { answers, issues: findings.issues }
}
