/** The syntax of the FHIRPath subset in which standard search parameters are written (http://hl7.org/fhirpath/N1). */

export type PathNode =
  /** What an expression begins with: a type, or an element of what it is evaluated on. */
  | Readonly<{ kind: 'name'; name: string }>
  | Readonly<{ kind: 'step'; from: PathNode; name: string }>
  | Readonly<{ kind: 'index'; from: PathNode; index: number }>
  | Readonly<{ kind: 'as'; from: PathNode; type: string }>
  | Readonly<{ kind: 'exists'; from: PathNode }>
  /** `extension('url')` (http://hl7.org/fhir/R4/fhirpath.html#functions) */
  | Readonly<{ kind: 'extension'; from: PathNode; url: string }>
  /** `where(hasExtension('url'))`, as one of R4's own search parameters is written */
  | Readonly<{ kind: 'where-extension'; from: PathNode; url: string }>
  /** `where(resolve() is Type)` */
  | Readonly<{ kind: 'where-target'; from: PathNode; type: string }>
  /** `where(name = 'literal')` */
  | Readonly<{ kind: 'where-equals'; from: PathNode; name: string; literal: Literal }>
  | Readonly<{ kind: 'compare'; from: PathNode; equal: boolean; literal: Literal }>
  | Readonly<{ kind: 'and'; left: PathNode; right: PathNode }>
  | Readonly<{ kind: 'union'; branches: readonly PathNode[] }>

export type Literal = string | boolean

const TOKEN = /\s*(?:([A-Za-z_]\w*)|'([^'\\]*)'|(\d+)|(!=|[.()|=[\]]))/y

type Token = Readonly<{ kind: 'word' | 'string' | 'number' | 'sign'; text: string }>

const tokensOf = (expression: string): Token[] | undefined => {
  const tokens: Token[] = []
  const text = expression.trim()
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const match = TOKEN.exec(text)
    if (match === null) return undefined
    const [, word, string, number, sign] = match
    if (word !== undefined) tokens.push({ kind: 'word', text: word })
    else if (string !== undefined) tokens.push({ kind: 'string', text: string })
    else if (number !== undefined) tokens.push({ kind: 'number', text: number })
    else tokens.push({ kind: 'sign', text: sign as string })
  }
  return tokens
}

class OutsideSubset extends Error {}

/** The tree of an expression, or undefined where it is outside the subset. */
export const parsePath = (expression: string): PathNode | undefined => {
  const tokens = tokensOf(expression)
  if (tokens === undefined) return undefined
  let at = 0

  const isNext = (text: string): boolean => tokens[at]?.text === text && tokens[at]?.kind !== 'string'
  const accept = (text: string): boolean => {
    if (!isNext(text)) return false
    at++
    return true
  }
  const expect = (text: string): void => {
    if (!accept(text)) throw new OutsideSubset()
  }
  const word = (): string => {
    const token = tokens[at++]
    if (token?.kind !== 'word') throw new OutsideSubset()
    return token.text
  }
  const literal = (): Literal => {
    const token = tokens[at++]
    if (token?.kind === 'string') return token.text
    if (token?.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true'
    throw new OutsideSubset()
  }

  const text = (): string => {
    const found = literal()
    if (typeof found !== 'string') throw new OutsideSubset()
    return found
  }

  const union = (): PathNode => {
    const branches = [conjunction()]
    while (accept('|')) branches.push(conjunction())
    return branches.length === 1 ? (branches[0] as PathNode) : { kind: 'union', branches }
  }
  const conjunction = (): PathNode => {
    let node = comparison()
    while (accept('and')) node = { kind: 'and', left: node, right: comparison() }
    return node
  }
  const comparison = (): PathNode => {
    const from = typed()
    if (accept('=')) return { kind: 'compare', from, equal: true, literal: literal() }
    if (accept('!=')) return { kind: 'compare', from, equal: false, literal: literal() }
    return from
  }
  const typed = (): PathNode => {
    const from = steps()
    return accept('as') ? { kind: 'as', from, type: word() } : from
  }
  const steps = (): PathNode => {
    let node = primary()
    for (;;) {
      if (accept('.')) node = invocation(node)
      else if (accept('[')) {
        const token = tokens[at++]
        if (token?.kind !== 'number') throw new OutsideSubset()
        node = { kind: 'index', from: node, index: Number(token.text) }
        expect(']')
      } else return node
    }
  }
  const primary = (): PathNode => {
    if (!accept('(')) return { kind: 'name', name: word() }
    const inner = union()
    expect(')')
    return inner
  }
  const invocation = (from: PathNode): PathNode => {
    const name = word()
    if (!accept('(')) return { kind: 'step', from, name }
    const node = call(from, name)
    expect(')')
    return node
  }
  const call = (from: PathNode, name: string): PathNode => {
    if (name === 'exists') return { kind: 'exists', from }
    if (name === 'as' || name === 'ofType') return { kind: 'as', from, type: word() }
    if (name === 'extension') return { kind: 'extension', from, url: text() }
    if (name !== 'where') throw new OutsideSubset()
    const first = word()
    if (first === 'hasExtension') {
      expect('(')
      const url = text()
      expect(')')
      return { kind: 'where-extension', from, url }
    }
    if (first === 'resolve') {
      expect('(')
      expect(')')
      expect('is')
      return { kind: 'where-target', from, type: word() }
    }
    expect('=')
    return { kind: 'where-equals', from, name: first, literal: literal() }
  }

  try {
    const node = union()
    return at === tokens.length ? node : undefined
  } catch (error) {
    if (error instanceof OutsideSubset) return undefined
    throw error
  }
}
