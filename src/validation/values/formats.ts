import { primitiveRegex } from '../../definitions/tables.ts'

/** A primitive whose JSON is a string: whether a text is one, and what to tell a person who sent another. */
export type Format = Readonly<{ accepts: (text: string) => boolean; expected: string }>

const MOST_CHARACTERS = 1024 * 1024
const MOST_OF_PATTERN = 10_000

const matching = (type: string): ((text: string) => boolean) => {
  const regex = new RegExp(`^(?:${primitiveRegex(type)})$`)
  // Longer texts would exhaust the stack of the engine's matcher; nothing of these types is as long.
  return (text) => text.length <= MOST_OF_PATTERN && regex.test(text)
}

/** Longer texts are searched for what must not be in them: what an anchored expression has passed it keeps on its stack. */
const SHORT = 1_000
const VISIBLE = /^[!-~]+$/

/** True for most codes and addresses: of the visible characters of ASCII alone. */
const isPlain = (text: string): boolean => text.length <= SHORT && VISIBLE.test(text)

const noSpace = (text: string): boolean => isPlain(text) || (text !== '' && !/\s/.test(text))

const code = (): ((text: string) => boolean) => {
  const matches = matching('code')
  return (text) => isPlain(text) || matches(text)
}

/** http://hl7.org/fhir/R4/datatypes.html#string; XML could not hold the others. */
const CHARACTERS = /^[\t\n\r -\uffff]+$/
const CONTROL_CHARACTER = /[^\t\n\r -\uffff]/

const anyText = (text: string): boolean =>
  text.length <= SHORT ? CHARACTERS.test(text) : text.length <= MOST_CHARACTERS && !CONTROL_CHARACTER.test(text)

/** The number that these digits are; NaN where they are none. */
const numberAt = (text: string, from: number, to: number): number => {
  let number = 0
  for (let at = from; at < to; at++) {
    const digit = text.charCodeAt(at) - 48
    if (digit < 0 || digit > 9) return Number.NaN
    number = 10 * number + digit
  }
  return number
}

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** True for `YYYY-MM-DD` with whatever comes behind it, where there was or will be such a day. */
const beginsWithDay = (text: string): boolean => {
  if (text.charCodeAt(4) !== HYPHEN || text.charCodeAt(7) !== HYPHEN) return false
  const year = numberAt(text, 0, 4)
  const month = numberAt(text, 5, 7)
  const day = numberAt(text, 8, 10)
  if (month === 2 && day === 29) return year > 0 && ((year % 4 === 0 && year % 100 !== 0) || year % 400 === 0)
  return year > 0 && day > 0 && day <= (DAYS[month - 1] ?? 0)
}
const HYPHEN = 45

/** The regular expressions of the standard let every month have 31 days. */
const onCalendar = (type: string): ((text: string) => boolean) => {
  const matches = matching(type)
  const mayBeDay = matches('2026-11-22')
  return (text) => {
    if (mayBeDay && text.length === 10) return beginsWithDay(text)
    return matches(text) && (text.length < 10 || beginsWithDay(text))
  }
}

/** Told by how many bytes it stands for: reading it passes over what is not of its alphabet, but for the two letters of another (RFC 4648, section 5). */
const isPackedBase64 = (text: string): boolean => {
  if (text.length === 0 || text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return false
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  return Buffer.from(text, 'base64').length === (text.length / 4) * 3 - padding
}

/** Linear, where the standard's expression is not: groups of four characters with white space between them. */
const isBase64 = (text: string): boolean => isPackedBase64(text) || isPackedBase64(text.replace(/\s+/g, ''))

const uri: Format = { accepts: noSpace, expected: 'a URI without white space' }
const text: Format = {
  accepts: anyText,
  expected: 'text that is not empty, at most 1 MB long, and without control characters',
}

/** http://hl7.org/fhir/R4/datatypes.html#primitive */
export const FORMATS: Readonly<Record<string, Format>> = {
  base64Binary: { accepts: isBase64, expected: 'base64 (RFC 4648)' },
  canonical: uri,
  code: { accepts: code(), expected: 'a code: no white space at its ends, and no two spaces in a row' },
  date: { accepts: onCalendar('date'), expected: 'a date that exists, as YYYY, YYYY-MM or YYYY-MM-DD' },
  dateTime: {
    accepts: onCalendar('dateTime'),
    expected: 'YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with a time zone (Z or +hh:mm)',
  },
  id: { accepts: matching('id'), expected: '1 to 64 letters, digits, "-" and "."' },
  instant: { accepts: onCalendar('instant'), expected: 'YYYY-MM-DDThh:mm:ss with a time zone (Z or +hh:mm)' },
  markdown: text,
  oid: { accepts: matching('oid'), expected: 'urn:oid: and an OID' },
  string: text,
  time: { accepts: matching('time'), expected: 'hh:mm:ss' },
  uri,
  url: uri,
  uuid: { accepts: matching('uuid'), expected: 'urn:uuid: and a UUID in lower case' },
}

/** Least and greatest whole numbers of the primitives whose JSON is one. */
export const WHOLE_NUMBERS: Readonly<Record<string, { minimum: number; maximum: number }>> = {
  integer: { minimum: -(2 ** 31), maximum: 2 ** 31 - 1 },
  positiveInt: { minimum: 1, maximum: 2 ** 31 - 1 },
  unsignedInt: { minimum: 0, maximum: 2 ** 31 - 1 },
}
