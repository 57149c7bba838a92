import type { TokenTest } from './query.ts'
import { invalidValue, splitEscaped, withoutEscapes } from './text.ts'

const FORMS =
  'a code, system|code, |code for one without a system, or system| for any code of it; write \\| for a bar inside.'

/** One alternative of a token (http://hl7.org/fhir/R4/search.html#token). */
export const tokenTest = (name: string, text: string): TokenTest => {
  const parts = splitEscaped(text, '|').map(withoutEscapes)
  const [first = '', second] = parts
  if (parts.length > 2 || (first === '' && (second ?? '') === '')) throw invalidValue(name, `Expected ${FORMS}`)
  return second === undefined
    ? { system: undefined, code: first }
    : { system: first, code: second === '' ? undefined : second }
}

/** One alternative of `:of-type`: the type of an identifier and its value, as its rows have them. */
export const ofTypeTest = (name: string, text: string): TokenTest => {
  const [system = '', code = '', value = '', ...rest] = splitEscaped(text, '|').map(withoutEscapes)
  if (system === '' || code === '' || value === '' || rest.length > 0)
    throw invalidValue(
      name,
      'Expected system|code|value: the system and code of Identifier.type, and Identifier.value.',
    )
  return { system, code: `${code}|${value}` }
}
