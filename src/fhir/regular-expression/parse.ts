/** A pattern, as a tree. */
export type Pattern =
  | Readonly<{ kind: 'empty' }>
  /** One character: what the native class `[…]` or escape of this source matches. */
  | Readonly<{ kind: 'character'; source: string }>
  | Readonly<{ kind: 'sequence'; parts: readonly Pattern[] }>
  | Readonly<{ kind: 'choice'; branches: readonly Pattern[] }>
  | Readonly<{ kind: 'repeat'; of: Pattern; least: number; most: number; isLazy: boolean }>
  | Readonly<{ kind: 'group'; of: Pattern; index: number | undefined }>
  | Readonly<{ kind: 'edge'; at: '^' | '$' | 'b' | 'B' }>
  | Readonly<{ kind: 'look'; of: Pattern; isNegative: boolean }>

/** Why a pattern is refused. */
export class PatternFault extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'PatternFault'
  }
}

const LONGEST = 4_000
const DEEPEST = 50
const MOST_REPEATS = 1_000
const CLASS = /\[\^?(?:\\[\s\S]|[^\]\\])*\]/y
const ESCAPE = /\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|c[A-Za-z]|[pP]\{[^{}]{1,60}\}|[\s\S])/y
const COUNT = /\{(\d{1,6})(?:(,)(\d{1,6})?)?\}/y

/**
 * The tree of a pattern in the syntax of JavaScript, and how many groups it captures. Throws a PatternFault for what cannot be matched in
 * time proportional to the text: references back to a group, looking behind.
 */
export const parsePattern = (source: string): { pattern: Pattern; groups: number } => {
  if (source.length > LONGEST) throw new PatternFault(`A pattern has at most ${LONGEST} characters here.`)
  let at = 0
  let groups = 0
  let depth = 0

  const accept = (text: string): boolean => {
    if (!source.startsWith(text, at)) return false
    at += text.length
    return true
  }
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(source)
    if (match !== null) at = pattern.lastIndex
    return match
  }

  const choice = (): Pattern => {
    if (++depth > DEEPEST) throw new PatternFault(`A pattern nests at most ${DEEPEST} groups here.`)
    const branches = [sequence()]
    while (accept('|')) branches.push(sequence())
    depth--
    return branches.length === 1 ? (branches[0] as Pattern) : { kind: 'choice', branches }
  }
  const sequence = (): Pattern => {
    const parts: Pattern[] = []
    while (at < source.length && source[at] !== '|' && source[at] !== ')') parts.push(repeated())
    return parts.length === 1 ? (parts[0] as Pattern) : { kind: 'sequence', parts }
  }
  const repeated = (): Pattern => {
    const of = atom()
    const range = count()
    if (range === undefined) return of
    if (of.kind === 'edge' || of.kind === 'look')
      throw new PatternFault('The pattern repeats what matches no character.')
    const [least, most] = range
    if (most < least || least > MOST_REPEATS || (most > MOST_REPEATS && most !== Number.POSITIVE_INFINITY))
      throw new PatternFault(`A pattern repeats at most ${MOST_REPEATS} times here, or without a limit.`)
    const isLazy = accept('?')
    if (/[*+?]/.test(source[at] ?? '')) throw new PatternFault('The pattern has a quantifier after another.')
    return { kind: 'repeat', of, least, most, isLazy }
  }
  const count = (): [number, number] | undefined => {
    if (accept('*')) return [0, Number.POSITIVE_INFINITY]
    if (accept('+')) return [1, Number.POSITIVE_INFINITY]
    if (accept('?')) return [0, 1]
    const match = take(COUNT)
    if (match === null) return undefined
    const least = Number(match[1])
    return [
      least,
      match[2] === undefined ? least : match[3] === undefined ? Number.POSITIVE_INFINITY : Number(match[3]),
    ]
  }
  const group = (): Pattern => {
    const index = accept('?:') ? undefined : accept('?=') ? '=' : accept('?!') ? '!' : ++groups
    if (typeof index === 'number' && source[at] === '?')
      throw new PatternFault(
        'The pattern has a kind of group that is not supported: only (…), (?:…), (?=…) and (?!…) are.',
      )
    const of = choice()
    if (!accept(')')) throw new PatternFault('The pattern has a group that is not closed.')
    if (index === '=' || index === '!') return { kind: 'look', of, isNegative: index === '!' }
    return { kind: 'group', of, index }
  }
  const atom = (): Pattern => {
    if (accept('(')) return group()
    if (accept('^')) return { kind: 'edge', at: '^' }
    if (accept('$')) return { kind: 'edge', at: '$' }
    if (accept('\\b')) return { kind: 'edge', at: 'b' }
    if (accept('\\B')) return { kind: 'edge', at: 'B' }
    if (accept('.')) return character('[^]')
    const found = take(CLASS) ?? take(ESCAPE)
    if (found !== null) {
      if (/^\\[1-9k]/.test(found[0]))
        throw new PatternFault('The pattern refers back to a group, which is not supported.')
      return character(found[0])
    }
    const literal = String.fromCodePoint(source.codePointAt(at) as number)
    if (/[*+?[]/.test(literal) || (literal === '\\' && at === source.length - 1))
      throw new PatternFault('The pattern has a quantifier, bracket or backslash that belongs to nothing.')
    at += literal.length
    return character(/[\]{}]/.test(literal) ? `\\${literal}` : literal)
  }

  const pattern = choice()
  if (at < source.length) throw new PatternFault('The pattern closes a group that is not open.')
  return { pattern, groups }
}

const character = (source: string): Pattern => ({ kind: 'character', source })
