/** What the thread runs that validates what is large or brings definitions of its own: one question after another. */
import { parentPort, workerData } from 'node:worker_threads'
import { definitionsWith, keptIn } from '../../definitions/packages/kept.ts'
import { type Issue, Problem, type ProblemKind } from '../../fhir/outcome.ts'
import { createValidator } from '../../validation/validator.ts'
import { type Examination, examine, notUnderstood, type Question, type Understood, understand } from './question.ts'

/** What the thread answers: what was found, or the Problem that the question is. */
export type Answer = Readonly<
  | { examination: Examination; refused?: never }
  | { refused: Readonly<{ kind: ProblemKind; issues: readonly Issue[] }>; examination?: never }
>

/** `workerData` is the folder of the packages that were added. */
const known = definitionsWith(keptIn(workerData as string))
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
    throw error
  }
}

parentPort?.postMessage('ready')
parentPort?.on('message', (question: Question) => parentPort?.postMessage(answer(question)))
