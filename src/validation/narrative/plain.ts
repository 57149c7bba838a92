/** Runs of plain markup, which are most of a narrative: passed over by a pattern, several times as fast as they are read element by element. */
import { ELEMENTS } from './allowed.ts'

const names = [...ELEMENTS.values()]
const anywhere = names.map(({ name }) => name).join('|')
/** What may stand in a paragraph as well. */
const inline = names.flatMap(({ name, isBlock }) => (isBlock ? [] : [name])).join('|')

/** Elements in one match: what a match has passed over stays on the stack of the matcher. */
const AT_ONCE = 64

/**
 * Elements without attributes, of text and of elements that hold text alone, with text between them. Each character is looked at a few times at most,
 * whatever the text: every part of the pattern begins or ends with a `<`, which none of the texts has.
 */
const runOf = (outer: string): RegExp =>
  new RegExp(`(?:[^<&]*<(${outer})>[^<&]*(?:<(${inline})>[^<&]*</\\2>[^<&]*)*</\\1>){1,${AT_ONCE}}`, 'y')

const ANYWHERE = runOf(anywhere)
const IN_PARAGRAPH = runOf(inline)

/** Where a run of plain markup ends that begins there; where it should begin, if there is none. */
export const endOfRun = (text: string, from: number, inParagraph: boolean): number => {
  const run = inParagraph ? IN_PARAGRAPH : ANYWHERE
  run.lastIndex = from
  return run.test(text) ? run.lastIndex : from
}
