import { type Problem, problem } from '../../fhir/outcome.ts'

/** Why something about codes cannot be told here: neither yes nor no. */
export type Unknown = Readonly<{
  key: 'code-system-not-loaded' | 'value-set-not-loaded' | 'value-set-not-understood' | 'value-set-cyclic'
  /** A sentence for people. */
  why: string
}>

/** Whether something holds of a code, or why that cannot be told. */
export type Answer = boolean | Unknown

export const isUnknown = (answer: unknown): answer is Unknown =>
  typeof answer === 'object' && answer !== null && 'why' in answer

/** True only where all hold; what is false somewhere is false, whatever cannot be told beside it. */
export const every = (answers: readonly Answer[]): Answer =>
  answers.includes(false) ? false : (answers.find(isUnknown) ?? true)

/** True where one holds, whatever cannot be told beside it. */
export const some = (answers: readonly Answer[]): Answer =>
  answers.includes(true) ? true : (answers.find(isUnknown) ?? false)

export const not = (answer: Answer): Answer => (isUnknown(answer) ? answer : !answer)

/** What cannot be told, as the end of a request that depends on it: `not-supported`. */
export const cannotTell = ({ key, why }: Unknown, expression?: string): Problem =>
  problem('not-supported', key, why, expression === undefined ? {} : { expression })
