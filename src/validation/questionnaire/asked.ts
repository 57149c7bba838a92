import type { Questionnaire, QuestionnaireItem } from 'fhir/r4.js'
import type { Run, Spot } from '../spot.ts'

/** Reports something about the value of an answer. */
export type Report = (
  key: string,
  text: string,
  more?: Readonly<{ severity?: 'warning'; expected?: string; hint?: string }>,
) => void
/** A value that answers a question, or that the question begins with. */
export type Asked = Readonly<{
  item: QuestionnaireItem
  questionnaire: Questionnaire
  value: Spot
  run: Run
  report: Report
}>
