import { operationOutcome, problem } from '../../fhir/outcome.ts'
import { type EntryText, statusText } from '../bundle-text.ts'
import { type Entry, isRead } from './entries.ts'

/** Keeps the answer to a batch or transaction within its size: a few words may ask for very much. */
export type AnswerBudget = Readonly<{
  /** False once something did not fit: then reads are no longer made. */
  isOpen(): boolean
  /** The entry as it is answered: whole where it fits; otherwise what became of it, without its content, and why. */
  fit(asked: Pick<Entry, 'method'>, entry: EntryText): EntryText
}>

const { status, issues } = problem(
  'too-large',
  'answer-too-large',
  'The answer to this Bundle would be too large to hold this as well. Ask for it by itself, or in a smaller Bundle; what was to be written has the status given here.',
  { code: 'too-costly' },
)
const OUTCOME = JSON.stringify(operationOutcome(issues))
/** The answer to a read that is no longer made. */
export const NOT_READ: EntryText = { response: { status: statusText(status), outcome: OUTCOME } }

const bytes = (text: string | undefined): number => (text === undefined ? 0 : Buffer.byteLength(text))

/** A budget of `most` bytes of resources and outcomes, to be asked in the order of the entries. */
export const answerBudget = (most: number): AnswerBudget => {
  let left = most
  let open = true
  return {
    isOpen: () => open,
    fit(asked, entry) {
      const size = bytes(entry.resource) + bytes(entry.response?.outcome)
      if (open && size <= left) {
        left -= size
        return entry
      }
      open = false
      if (isRead(asked) || entry.response === undefined) return NOT_READ
      const { resource: _, response, ...rest } = entry
      return { ...rest, response: { ...response, outcome: OUTCOME } }
    },
  }
}
