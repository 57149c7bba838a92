const OPENS = new Set(['{', '['])
const CLOSES = new Set(['}', ']'])

/** The same JSON with line breaks and an indent of two; works on the text, so that decimals keep every digit. */
export const pretty = (json: string): string => {
  const parts: string[] = []
  let depth = 0
  let before = ''
  const line = (): void => {
    parts.push('\n', '  '.repeat(depth))
  }
  // Strings, brackets and separators; what lies between them is numbers, literals and white space.
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g)) {
    if (CLOSES.has(token)) {
      depth -= 1
      // An empty object or array stays on its line.
      if (!OPENS.has(before)) line()
    } else if (OPENS.has(before) || before === ',') line()
    parts.push(token === ':' ? ': ' : token)
    if (OPENS.has(token)) depth += 1
    before = token
  }
  return parts.join('')
}
