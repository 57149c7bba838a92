import { FhirPathFault } from './fault.ts'

export type Token = Readonly<{
  kind: 'name' | 'quoted-name' | 'string' | 'number' | 'date' | 'dateTime' | 'time' | 'variable' | 'special' | 'sign'
  text: string
  position: number
}>

const BLANK = /(?:\s+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y
const NUMBER = /\d+(?:\.\d+)?/y
const TIME = /@T(\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)/y
const DATE = /@(\d{4}(?:-\d{2}(?:-\d{2})?)?)(T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?/y
const SIGN = /<=|>=|!=|!~|[.()[\]{},|+\-*/&<>=~]/y
const SPECIAL = /\$(?:this|index|total)\b/y

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f' }

/** The tokens of an expression (http://hl7.org/fhirpath/N1/#lexical-elements). Throws a FhirPathFault for what is none. */
export const tokensOf = (expression: string): readonly Token[] => {
  const tokens: Token[] = []
  let at = 0

  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    return pattern.exec(expression)
  }
  const push = (kind: Token['kind'], text: string, length: number): void => {
    tokens.push({ kind, text, position: at })
    at += length
  }
  /** Reads what stands between quotes that begin at an offset; returns its text and where it ends. */
  const quoted = (start: number): { text: string; end: number } => {
    const quote = expression[start]
    let text = ''
    for (let end = start + 1; end < expression.length; end++) {
      const character = expression[end] as string
      if (character === quote) return { text, end: end + 1 }
      if (character !== '\\') {
        text += character
        continue
      }
      end++
      const escaped = expression[end] ?? ''
      const point = escaped === 'u' ? expression.slice(end + 1, end + 5) : undefined
      if (point !== undefined) {
        if (!/^[0-9A-Fa-f]{4}$/.test(point))
          throw new FhirPathFault('syntax', 'An escape \\u needs four hexadecimal digits.', end)
        text += String.fromCharCode(Number.parseInt(point, 16))
        end += 4
      } else text += ESCAPES[escaped] ?? escaped
    }
    throw new FhirPathFault('syntax', 'A quote is not closed.', start)
  }

  for (;;) {
    at += take(BLANK)?.[0].length ?? 0
    if (at >= expression.length) return tokens
    const character = expression[at] as string
    let match: RegExpExecArray | null
    if (character === "'") {
      const { text, end } = quoted(at)
      push('string', text, end - at)
    } else if (character === '`' || character === '"') {
      const { text, end } = quoted(at)
      push('quoted-name', text, end - at)
    } else if (character === '%') {
      const next = expression[at + 1]
      if (next === '`' || next === "'" || next === '"') {
        const { text, end } = quoted(at + 1)
        push('variable', text, end - at)
      } else {
        NAME.lastIndex = at + 1
        const name = NAME.exec(expression)?.[0]
        if (name === undefined) throw new FhirPathFault('syntax', 'A % needs the name of a variable after it.', at)
        push('variable', name, name.length + 1)
      }
    } else if (character === '$') {
      match = take(SPECIAL)
      if (match === null) throw new FhirPathFault('syntax', 'After $ comes this, index or total.', at)
      push('special', match[0], match[0].length)
    } else if (character === '@') {
      match = take(TIME)
      if (match !== null) push('time', match[1] as string, match[0].length)
      else {
        match = take(DATE)
        if (match === null) throw new FhirPathFault('syntax', 'After @ comes a date or a time.', at)
        const rest = match[2]
        push(
          rest === undefined ? 'date' : 'dateTime',
          (match[1] as string) + (rest === 'T' ? '' : (rest ?? '')),
          match[0].length,
        )
      }
    } else {
      match = take(NAME)
      if (match !== null) push('name', match[0], match[0].length)
      else {
        match = take(NUMBER)
        if (match !== null) push('number', match[0], match[0].length)
        else {
          match = take(SIGN)
          if (match === null) throw new FhirPathFault('syntax', 'This character begins nothing of FHIRPath.', at)
          push('sign', match[0], match[0].length)
        }
      }
    }
  }
}
