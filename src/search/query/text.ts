import { type Problem, problem } from '../../fhir/outcome.ts'

/** Splits at separators that no backslash escapes (http://hl7.org/fhir/R4/search.html#escaping). The parts keep their escapes. */
export const splitEscaped = (value: string, separator: ',' | '|' | '$'): string[] => {
  const parts: string[] = []
  let part = ''
  for (let at = 0; at < value.length; at += 1) {
    const character = value.charAt(at)
    if (character === '\\') part += character + value.charAt(++at)
    else if (character === separator) {
      parts.push(part)
      part = ''
    } else part += character
  }
  return [...parts, part]
}

export const withoutEscapes = (value: string): string => value.replace(/\\([,|$\\])/g, '$1')

/** What a value may be instead; never the value, which may name a person. */
export const invalidValue = (name: string, text: string): Problem =>
  problem('bad-request', 'search-value-invalid', `${name}: ${text}`, { expression: name, code: 'value' })
