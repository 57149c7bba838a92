/** Where a text stops being JSON (RFC 8259), or which key stands twice in one object. Only run on texts that were found wanting. */
export type JsonFault = Readonly<
  { kind: 'malformed'; offset: number; expected: string } | { kind: 'duplicate-key'; offset: number; name: string }
>

const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y
const SCALAR = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y
const QUOTE = 34
const BACKSLASH = 92
const SPACE_CHARACTER = 32
const SPACE = /[ \t\n\r]*/y

type Open = { close: ']' | '}'; keys: Set<string> | undefined }

/** The first fault of a text, or undefined where it has none. Works through a list of open brackets, so depth costs no stack. */
export const findJsonFault = (text: string): JsonFault | undefined => {
  let at = 0
  const open: Open[] = []

  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const space = (): void => void match(SPACE)
  const malformed = (expected: string): JsonFault => ({ kind: 'malformed', offset: at, expected })

  /** Moves past a string and returns it with its quotes; undefined, without moving, where there is none. */
  const string = (): string | undefined => {
    if (text[at] !== '"') return undefined
    const start = at
    for (at++; at < text.length; ) {
      const character = text.charCodeAt(at)
      if (character === QUOTE) return text.slice(start, ++at)
      if (character < SPACE_CHARACTER) break
      if (character !== BACKSLASH) at++
      else if (match(ESCAPE) === undefined) break
    }
    at = start
    return undefined
  }

  const key = (keys: Set<string>): JsonFault | undefined => {
    const offset = at
    const quoted = string()
    if (quoted === undefined) return malformed('a property name in double quotes')
    const name = JSON.parse(quoted) as string
    if (keys.has(name)) return { kind: 'duplicate-key', offset, name }
    keys.add(name)
    space()
    if (text[at] !== ':') return malformed('":" after the property name')
    at++
    return undefined
  }

  for (;;) {
    // Here a value begins.
    space()
    const character = text[at]
    if (character === '{' || character === '[') {
      at++
      const opened: Open = character === '{' ? { close: '}', keys: new Set() } : { close: ']', keys: undefined }
      open.push(opened)
      space()
      if (text[at] !== opened.close) {
        const fault = opened.keys === undefined ? undefined : key(opened.keys)
        if (fault !== undefined) return fault
        continue
      }
    } else if ((character === '"' ? string() : match(SCALAR)) === undefined) {
      return malformed(
        character === '"' ? 'a string that is closed, with control characters and "\\" escaped' : 'a value',
      )
    }
    // Here a value has ended, or an empty bracket is about to.
    for (;;) {
      space()
      const inside = open.at(-1)
      if (inside === undefined) return at === text.length ? undefined : malformed('nothing more after the resource')
      if (text[at] === inside.close) {
        at++
        open.pop()
        continue
      }
      if (text[at] !== ',') return malformed(`"," or "${inside.close}"`)
      at++
      space()
      const fault = inside.keys === undefined ? undefined : key(inside.keys)
      if (fault !== undefined) return fault
      break
    }
  }
}

/** Line and column, counted from 1, of an offset in a text. */
export const lineAndColumn = (text: string, offset: number): { line: number; column: number } => {
  const before = text.slice(0, offset)
  const lastBreak = before.lastIndexOf('\n')
  return { line: before.split('\n').length, column: offset - lastBreak }
}
