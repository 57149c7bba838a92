import type { QuestionnaireResponse, QuestionnaireResponseItem } from 'fhir/r4.js'
import { type PlanType, QUESTIONNAIRE } from '../../plan/codes.ts'

/** Of which type the plan is that a captured conversation becomes. */
export const typeOf = ({ questionnaire }: QuestionnaireResponse): PlanType =>
  questionnaire?.startsWith(QUESTIONNAIRE.respect) ? 'emergency-care' : 'what-matters'

/** The answer to one question of a captured conversation. */
const answerTo = (items: readonly QuestionnaireResponseItem[] | undefined, linkId: string): string | undefined => {
  for (const item of items ?? []) {
    const answer = item.linkId === linkId ? item.answer?.[0]?.valueCoding?.code : answerTo(item.item, linkId)
    if (answer !== undefined) return answer
  }
  return undefined
}

/** What a conversation says of CPR, in the words of the emergency view; `none` where it says nothing. */
export const cprAnswer = (response: QuestionnaireResponse): string =>
  answerTo(response.item, 'cpr.recommendation') ?? 'none'

/** Whether the person objects to sharing. */
export const objects = (response: QuestionnaireResponse): boolean =>
  ['objection', 'withdrawn'].includes(answerTo(response.item, 'sharing.decision') ?? '')
