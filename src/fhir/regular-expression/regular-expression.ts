/**
 * Regular expressions that somebody else wrote, in profiles and in expressions: matched in time proportional to the text, whatever they say.
 * The syntax is JavaScript's, without references back and without looking behind; `.` is any character, line ends included.
 */
import { type Cost, firstMatch, type Match } from './match.ts'
import { type Pattern, PatternFault, parsePattern } from './parse.ts'
import { programOf } from './program.ts'

export { PatternFault } from './parse.ts'

export type RegularExpression = Readonly<{
  /** Whether the pattern matches anywhere in a text. Throws a PatternFault where that takes too long to tell. */
  test: (text: string, cost?: Cost) => boolean
  /** The text with every match replaced; `$1` in the substitution is the first group, `$$` a dollar. Throws as `test` does. */
  replace: (text: string, substitution: string, cost?: Cost) => string
}>

/** Instructions followed before a match is given up, unless told otherwise: about a tenth of a second. */
const MOST_COST = 5_000_000
const LONGEST_RESULT = 1_000_000
/** Longer texts, and patterns with more ways to match, are not left to the native matcher, which tries one way after another. */
const LONGEST_NATIVE = 2_000
const MOST_VARIABLE = 3

/**
 * The matcher of a pattern; with `isWhole` the pattern must match the whole text. Throws a PatternFault that says why a pattern is refused.
 */
export const regularExpression = (
  source: string,
  { isCaseless = false, isWhole = false }: Readonly<{ isCaseless?: boolean; isWhole?: boolean }> = {},
): RegularExpression => {
  const { pattern, groups } = parsePattern(isWhole ? `^(?:${source})$` : source)
  const program = programOf(pattern, isCaseless)
  const native = isPlain(pattern) ? nativeOf(isWhole ? `^(?:${source})$` : source, isCaseless) : undefined
  const slots = (groups + 1) * 2
  return {
    test: (text, cost = { left: MOST_COST }) =>
      native !== undefined && text.length <= LONGEST_NATIVE
        ? native.test(text)
        : firstMatch(program, slots, points(text), 0, cost) !== undefined,
    replace: (text, substitution, cost = { left: MOST_COST }) => {
      const all = points(text)
      let replaced = ''
      let from = 0
      for (let at = 0; at <= all.length; ) {
        const match = firstMatch(program, slots, all, at, cost)
        if (match === undefined) break
        const [start, end] = [match[0] as number, match[1] as number]
        replaced += slice(all, from, start) + substituted(substitution, match, all)
        if (replaced.length > LONGEST_RESULT) throw new PatternFault('The text with its matches replaced is too long.')
        from = end
        at = end > start ? end : end + 1
      }
      return replaced + slice(all, from, all.length)
    },
  }
}

const nativeOf = (source: string, isCaseless: boolean): RegExp | undefined => {
  try {
    return new RegExp(source, `su${isCaseless ? 'i' : ''}`)
  } catch {
    return undefined
  }
}

/** True where the native matcher has few ways to try: nothing that varies repeats, little varies, one thing at most without a limit. */
const isPlain = (pattern: Pattern): boolean => {
  let variable = 0
  let unlimited = 0
  const visit = (part: Pattern, isRepeated: boolean): boolean => {
    switch (part.kind) {
      case 'sequence':
        return part.parts.every((one) => visit(one, isRepeated))
      case 'choice':
        return !isRepeated && ++variable <= MOST_VARIABLE && part.branches.every((one) => visit(one, isRepeated))
      case 'repeat':
        if (part.least !== part.most) {
          if (isRepeated || ++variable > MOST_VARIABLE) return false
          if (part.most > 1_000 && ++unlimited > 1) return false
        }
        return visit(part.of, true)
      case 'group':
        return visit(part.of, isRepeated)
      case 'look':
        return false
      default:
        return true
    }
  }
  return visit(pattern, false)
}

const points = (text: string): number[] => Array.from(text, (character) => character.codePointAt(0) as number)

const slice = (all: readonly number[], start: number, end: number): string => {
  let text = ''
  for (let at = start; at < end; at++) text += String.fromCodePoint(all[at] as number)
  return text
}

const substituted = (substitution: string, match: Match, all: readonly number[]): string =>
  substitution.replace(
    /\$(?:(\$)|(\d{1,2})|(&))/g,
    (written, dollar: string | undefined, digits: string | undefined) => {
      if (dollar !== undefined) return '$'
      const group = digits === undefined ? 0 : Number(digits)
      if (group * 2 >= match.length) return written as string
      const start = match[group * 2] as number
      return start < 0 ? '' : slice(all, start, match[group * 2 + 1] as number)
    },
  )
