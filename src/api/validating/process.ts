/** What the process runs that validates what is large or brings definitions of its own: one question after another. */
import { definitionsWith, keptIn } from '../../definitions/packages/kept.ts'
import { type Issue, Problem, type ProblemKind } from '../../fhir/outcome.ts'
import { createValidator } from '../../validation/validator.ts'
import { type Examination, examine, notUnderstood, type Question, type Understood, understand } from './question.ts'

/** What the process answers: what was found, the Problem that the question is, or how the validator itself failed. */
export type Answer = Readonly<
  | { examination: Examination; refused?: never; failed?: never }
  | { refused: Readonly<{ kind: ProblemKind; issues: readonly Issue[] }>; examination?: never; failed?: never }
  | { failed: string; examination?: never; refused?: never }
>

/** The argument is the folder of the packages that were added. */
const known = definitionsWith(keptIn(process.argv[2] ?? ''))
const validator = createValidator(known)

const examined = (question: Question): Examination => {
  let understood: Understood
  try {
    understood = understand(question)
  } catch (error) {
    return notUnderstood(question, error)
  }
  return examine(understood, known, validator)
}

const answer = (question: Question): Answer => {
  try {
    return { examination: examined(question) }
  } catch (error) {
    if (error instanceof Problem) return { refused: { kind: error.kind, issues: error.issues } }
    return { failed: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

process.on('message', (question: Question) => process.send?.(answer(question)))
// Who asked is gone, and nobody waits for an answer.
process.on('disconnect', () => process.exit())
// Ctrl+C reaches all processes of a terminal: the service ends this one when it has ended its own work.
process.on('SIGINT', () => undefined)
process.send?.('ready')
