import type { QuestionnaireResponseItem, QuestionnaireResponseItemAnswer } from 'fhir/r4.js'

type ValueName = Extract<keyof QuestionnaireResponseItemAnswer, `value${string}`>
type Items = QuestionnaireResponseItem[]

/** A question answered by the values that are known; nothing where none is. */
export const question = <N extends ValueName>(
  linkId: string,
  name: N,
  ...values: readonly (QuestionnaireResponseItemAnswer[N] | undefined)[]
): Items => {
  const answer = values.filter((value) => value !== undefined).map((value) => ({ [name]: value }))
  return answer.length === 0 ? [] : [{ linkId, answer }]
}

/** A question answered by the codes of one code system that are known. */
export const choice = (linkId: string, system: string, ...codes: readonly (string | undefined)[]): Items =>
  question(linkId, 'valueCoding', ...codes.flatMap((code) => (code === undefined ? [] : [{ system, code }])))

/** A group of what is known; nothing where that is nothing. */
export const section = (linkId: string, ...items: readonly Items[]): Items => {
  const item = items.flat()
  return item.length === 0 ? [] : [{ linkId, item }]
}
