import type { Searchable } from './parameters.ts'
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

/** The system of media types, BCP 13 (http://hl7.org/fhir/R4/valueset-mimetypes.html). */
const MEDIA_TYPES = 'urn:ietf:bcp:13'

/** True of a parameter whose codes are media types. */
export const isMediaType = ({ expression }: Searchable): boolean => expression.endsWith('.contentType')

/** One alternative of `:below` for media types (http://hl7.org/fhir/R4/search.html#mimetype): `text/xml`, or `text` for all of that kind. */
export const mediaTypeTest = (name: string, text: string): TokenTest => {
  const { system = MEDIA_TYPES, code = '' } = tokenTest(name, text)
  if ((system !== MEDIA_TYPES && system !== '') || !/^[\w.+-]+(?:\/[\w.+-]+)?$/.test(code))
    throw invalidValue(name, 'Expected a media type such as text/xml, or the first part of one, without parameters.')
  return { system: undefined, code }
}

/** How the codes begin that stand below a media type. */
export const belowMediaType = (code: string): string => `${code}${code.includes('/') ? ';' : '/'}`
