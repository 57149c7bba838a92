import type { Coding, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'

/**
 * The answers of one group of a response (or of the whole response), by linkId. It exists only for a response that
 * `readAnswers` has found to obey its Questionnaire, so each answer has the type, and each choice the code, that the item allows.
 */
export type Answers = Readonly<{
  /** Name within the response that no other group has, e.g. `proxy.holder[1]`; empty for the whole response. */
  name: string
  /** FHIRPath of the group, e.g. `QuestionnaireResponse.item[2]`. */
  expression: string
  values: ReadonlyMap<string, readonly QuestionnaireResponseItemAnswer[]>
  groups: ReadonlyMap<string, readonly Answers[]>
}>

/** All repetitions of a group, in the order in which they were given. */
export const groups = (answers: Answers, linkId: string): readonly Answers[] => answers.groups.get(linkId) ?? []

/** The group that occurs at most once; without answers where it was left out. */
export const group = (answers: Answers, linkId: string): Answers =>
  groups(answers, linkId)[0] ?? { name: linkId, expression: answers.expression, values: new Map(), groups: new Map() }

/** Every answer to a question, whatever its type. */
export const values = (answers: Answers, linkId: string): readonly QuestionnaireResponseItemAnswer[] =>
  answers.values.get(linkId) ?? []

const first = (answers: Answers, linkId: string): QuestionnaireResponseItemAnswer | undefined =>
  values(answers, linkId)[0]

export const hasAnswer = (answers: Answers, linkId: string): boolean => first(answers, linkId) !== undefined

export const text = (answers: Answers, linkId: string): string | undefined => first(answers, linkId)?.valueString
export const texts = (answers: Answers, linkId: string): string[] =>
  values(answers, linkId).flatMap((answer) => answer.valueString ?? [])

export const coding = (answers: Answers, linkId: string): Coding | undefined => first(answers, linkId)?.valueCoding
export const code = (answers: Answers, linkId: string): string | undefined => coding(answers, linkId)?.code
export const codes = (answers: Answers, linkId: string): string[] =>
  values(answers, linkId).flatMap((answer) => answer.valueCoding?.code ?? [])

export const yes = (answers: Answers, linkId: string): boolean | undefined => first(answers, linkId)?.valueBoolean
export const integer = (answers: Answers, linkId: string): number | undefined => first(answers, linkId)?.valueInteger
export const date = (answers: Answers, linkId: string): string | undefined => first(answers, linkId)?.valueDate
export const dateTime = (answers: Answers, linkId: string): string | undefined => first(answers, linkId)?.valueDateTime
