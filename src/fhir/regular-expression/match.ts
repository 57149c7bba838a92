import { PatternFault } from './parse.ts'
import type { Program } from './program.ts'

/** Where the groups of a match begin and end: at `2n` and `2n + 1` for group n, the whole match being group 0; -1 where it took no part. */
export type Match = Int32Array

/** What matching may still cost; shared by the parts of one match. */
export type Cost = { left: number }

type Thread = Readonly<{ at: number; slots: Int32Array }>

const isWord = (point: number | undefined): boolean =>
  point !== undefined &&
  ((point >= 48 && point <= 57) || (point >= 65 && point <= 90) || point === 95 || (point >= 97 && point <= 122))

/**
 * The first match at or after an offset of a text (an array of code points): the one that a backtracking matcher would find, in time
 * proportional to the length of the text times that of the program. All ways to match go ahead side by side.
 * Throws a PatternFault where that costs more than is left.
 */
export const firstMatch = (
  program: Program,
  slots: number,
  text: ArrayLike<number>,
  from: number,
  cost: Cost,
  isAnchored = false,
): Match | undefined => {
  /** The position at which an instruction was last reached: once is enough, and the first way is the one preferred. */
  const reached = new Int32Array(program.length).fill(-1)
  let threads: Thread[] = []
  let found: Match | undefined

  const isAtEdge = (kind: '^' | '$' | 'b' | 'B', position: number): boolean => {
    if (kind === '^') return position === 0
    if (kind === '$') return position === text.length
    const isBoundary = isWord(text[position - 1]) !== isWord(text[position])
    return isBoundary === (kind === 'b')
  }

  /** Follows what takes no character; what waits for one comes to the end of the list, in order of preference. */
  const follow = (start: number, position: number, first: Int32Array, into: Thread[]): void => {
    const pending: Thread[] = [{ at: start, slots: first }]
    for (let thread = pending.pop(); thread !== undefined; thread = pending.pop()) {
      const { at } = thread
      if (reached[at] === position) continue
      reached[at] = position
      if (--cost.left < 0) throw new PatternFault('Matching the pattern costs too much for this text.')
      const instruction = program[at]
      switch (instruction?.op) {
        case 'jump':
          pending.push({ at: instruction.to, slots: thread.slots })
          break
        case 'split':
          pending.push({ at: instruction.second, slots: thread.slots }, { at: instruction.first, slots: thread.slots })
          break
        case 'save': {
          const saved = thread.slots.slice()
          saved[instruction.slot] = position
          pending.push({ at: at + 1, slots: saved })
          break
        }
        case 'edge':
          if (isAtEdge(instruction.at, position)) pending.push({ at: at + 1, slots: thread.slots })
          break
        case 'look': {
          const holds = firstMatch(instruction.program, slots, text, position, cost, true) !== undefined
          if (holds !== instruction.isNegative) pending.push({ at: at + 1, slots: thread.slots })
          break
        }
        default:
          into.push(thread)
      }
    }
  }

  for (let position = from; ; position++) {
    // A match that begins here is worth less than every one that began before.
    if (found === undefined && (position === from || !isAnchored)) {
      const begun = new Int32Array(slots).fill(-1)
      begun[0] = position
      follow(0, position, begun, threads)
    }
    const waiting = threads
    threads = []
    for (const thread of waiting) {
      if (--cost.left < 0) throw new PatternFault('Matching the pattern costs too much for this text.')
      const instruction = program[thread.at]
      if (instruction?.op === 'match') {
        found = thread.slots.slice()
        found[1] = position
        // What comes after is worth less.
        break
      }
      if (instruction?.op === 'character' && position < text.length && instruction.accepts(text[position] as number))
        follow(thread.at + 1, position + 1, thread.slots, threads)
    }
    if (position >= text.length || (threads.length === 0 && (found !== undefined || isAnchored))) return found
  }
}
