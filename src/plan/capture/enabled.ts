import type { QuestionnaireItem, QuestionnaireItemEnableWhen, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'
import type { Answers } from './answers.ts'

/** Answers to a question in this group or in one below it; undefined where the question was not answered there. */
const within = (answers: Answers, linkId: string): readonly QuestionnaireResponseItemAnswer[] | undefined => {
  const here = answers.values.get(linkId)
  if (here !== undefined) return here
  const below = [...answers.groups.values()].flat().flatMap((child) => within(child, linkId) ?? [])
  return below.length === 0 ? undefined : below
}

/** Answers to a question that are nearest to an item: in its own group, else in the group around it, and so on outwards. */
const nearest = (around: readonly Answers[], linkId: string): readonly QuestionnaireResponseItemAnswer[] => {
  for (const answers of around) {
    const found = within(answers, linkId)
    if (found !== undefined) return found
  }
  return []
}

const holds = (condition: QuestionnaireItemEnableWhen, around: readonly Answers[]): boolean => {
  const answers = nearest(around, condition.question)
  if (condition.operator === 'exists') return answers.length > 0 === condition.answerBoolean
  const wanted = condition.answerCoding
  const matches = answers.map(
    ({ valueCoding }) => valueCoding?.system === wanted?.system && valueCoding?.code === wanted?.code,
  )
  return condition.operator === '=' ? matches.includes(true) : matches.includes(false)
}

/**
 * Whether an item may be answered, by its `enableWhen` (http://hl7.org/fhir/R4/questionnaire-definitions.html#Questionnaire.item.enableWhen).
 * KeyPlan's Questionnaires use `exists`, and `=` and `!=` on a Coding; a test holds them to that.
 * @param around the group that the item stands in, then the groups around it, outwards
 */
export const isEnabled = (item: QuestionnaireItem, around: readonly Answers[]): boolean => {
  const conditions = item.enableWhen ?? []
  if (conditions.length === 0) return true
  return item.enableBehavior === 'any'
    ? conditions.some((condition) => holds(condition, around))
    : conditions.every((condition) => holds(condition, around))
}
