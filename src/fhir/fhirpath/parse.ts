import { FhirPathFault } from './fault.ts'
import { type Item, system } from './item.ts'
import { type Token, tokensOf } from './tokens.ts'
import type { BinaryOperator, Tree } from './tree.ts'

const LONGEST = 20_000
const DEEPEST = 200

/** From what binds last to what binds first (http://hl7.org/fhirpath/N1/#operator-precedence); `is` and `as` stand between the last two. */
const LEVELS: readonly ReadonlySet<string>[] = [
  new Set(['implies']),
  new Set(['or', 'xor']),
  new Set(['and']),
  new Set(['in', 'contains']),
  new Set(['=', '~', '!=', '!~']),
  new Set(['<=', '<', '>', '>=']),
  new Set(['|']),
  new Set(['is', 'as']),
  new Set(['+', '-', '&']),
  new Set(['*', '/', 'div', 'mod']),
]

const CALENDAR: Readonly<Record<string, string>> = Object.fromEntries(
  ['year', 'month', 'week', 'day', 'hour', 'minute', 'second', 'millisecond'].flatMap((unit) => [
    [unit, unit],
    [`${unit}s`, unit],
  ]),
)

/** The tree of an expression (http://hl7.org/fhirpath/N1/#grammar). Throws a FhirPathFault with the position of what is wrong. */
export const parse = (expression: string): Tree => {
  if (expression.length > LONGEST)
    throw new FhirPathFault('syntax', `An expression has at most ${LONGEST} characters here.`, LONGEST)
  const tokens = tokensOf(expression)
  let at = 0
  let depth = 0

  const next = (): Token | undefined => tokens[at]
  const position = (): number => next()?.position ?? expression.length
  const isSign = (text: string): boolean => next()?.kind === 'sign' && next()?.text === text
  const accept = (text: string): boolean => {
    if (!isSign(text)) return false
    at++
    return true
  }
  const fault = (expected: string): FhirPathFault => {
    const found = next()
    return new FhirPathFault(
      'syntax',
      `Expected ${expected} at character ${position() + 1}, found ${found === undefined ? 'the end' : `"${found.text}"`}.`,
      position(),
    )
  }
  const expect = (text: string): void => {
    if (!accept(text)) throw fault(`"${text}"`)
  }
  const name = (): string => {
    const token = next()
    if (token?.kind !== 'name' && token?.kind !== 'quoted-name') throw fault('a name')
    at++
    return token.text
  }

  const typeName = (): string => {
    let type = name()
    while (accept('.')) type += `.${name()}`
    return type
  }

  /** One level of operators; all of them group to the left. */
  const level = (index: number): Tree => {
    const operators = LEVELS[index]
    if (operators === undefined) return polarity()
    let left = level(index + 1)
    for (;;) {
      const token = next()
      if (token === undefined || (token.kind !== 'sign' && token.kind !== 'name') || !operators.has(token.text))
        return left
      at++
      left =
        token.text === 'is' || token.text === 'as'
          ? { kind: 'type', operator: token.text, of: left, type: typeName(), position: token.position }
          : {
              kind: 'binary',
              operator: token.text as BinaryOperator,
              left,
              right: level(index + 1),
              position: token.position,
            }
      // A long chain of operators nests as deeply as parentheses do.
      if (++chain > LONGEST / 10)
        throw new FhirPathFault('syntax', 'The expression has too many operators.', token.position)
    }
  }
  let chain = 0

  const nested = (): Tree => {
    if (++depth > DEEPEST)
      throw new FhirPathFault('syntax', `An expression nests at most ${DEEPEST} levels here.`, position())
    const tree = level(0)
    depth--
    return tree
  }

  const polarity = (): Tree => {
    const from = position()
    let sign: '+' | '-' | undefined
    while (isSign('+') || isSign('-')) {
      const isMinus = next()?.text === '-'
      sign = isMinus === (sign === '-') ? '+' : '-'
      at++
    }
    const of = postfix()
    return sign === undefined ? of : { kind: 'polarity', sign, of, position: from }
  }

  const postfix = (): Tree => {
    let tree = term()
    for (let steps = 0; ; steps++) {
      if (steps > DEEPEST * 5) throw new FhirPathFault('syntax', 'The expression has too many steps.', position())
      const from = position()
      if (accept('.')) tree = invocation(tree)
      else if (accept('[')) {
        tree = { kind: 'indexer', from: tree, index: nested(), position: from }
        expect(']')
      } else return tree
    }
  }

  const invocation = (from: Tree | undefined): Tree => {
    const start = position()
    const token = next()
    if (token?.kind === 'special') {
      at++
      return { kind: 'special', name: token.text as '$this', position: start }
    }
    const called = name()
    if (!accept('(')) return { kind: 'member', from, name: called, position: start }
    const parameters: Tree[] = []
    if (!accept(')')) {
      do parameters.push(nested())
      while (accept(','))
      expect(')')
    }
    return { kind: 'call', from, name: called, parameters, position: start }
  }

  const literal = (...value: Item[]): Tree => {
    const start = position()
    at++
    return { kind: 'literal', value, position: start }
  }

  const number = (token: Token): Tree => {
    const value = Number(token.text)
    const unit = tokens[at + 1]
    const calendar = unit?.kind === 'name' && Object.hasOwn(CALENDAR, unit.text) ? CALENDAR[unit.text] : undefined
    if (calendar !== undefined || unit?.kind === 'string') {
      at++
      return literal(system('Quantity', { value, unit: calendar ?? unit?.text ?? '1' }))
    }
    return literal(system(token.text.includes('.') ? 'Decimal' : 'Integer', value))
  }

  const term = (): Tree => {
    const token = next()
    if (token === undefined) throw fault('an expression')
    if (token.kind === 'string') return literal(system('String', token.text))
    if (token.kind === 'number') return number(token)
    if (token.kind === 'date') return literal(system('Date', token.text))
    if (token.kind === 'dateTime') return literal(system('DateTime', token.text))
    if (token.kind === 'time') return literal(system('Time', token.text))
    if (token.kind === 'name' && (token.text === 'true' || token.text === 'false'))
      return literal(system('Boolean', token.text === 'true'))
    if (token.kind === 'variable') {
      at++
      return { kind: 'variable', name: token.text, position: token.position }
    }
    if (accept('{')) {
      expect('}')
      return { kind: 'literal', value: [], position: token.position }
    }
    if (accept('(')) {
      const tree = nested()
      expect(')')
      return tree
    }
    return invocation(undefined)
  }

  const tree = nested()
  if (next() !== undefined) throw fault('an operator or the end')
  return tree
}
