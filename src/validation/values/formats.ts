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

const noSpace = (text: string): boolean => text !== '' && !/\s/.test(text)

/** http://hl7.org/fhir/R4/datatypes.html#string; XML could not hold them. */
const CONTROL_CHARACTER = /[^\t\n\r -\uffff]/

const anyText = (text: string): boolean =>
  text !== '' && text.length <= MOST_CHARACTERS && !CONTROL_CHARACTER.test(text)

const DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** The regular expressions of the standard let every month have 31 days. */
const isOnCalendar = (text: string): boolean => {
  if (text.length < 10) return true
  const year = Number(text.slice(0, 4))
  const month = Number(text.slice(5, 7))
  const day = Number(text.slice(8, 10))
  if (month === 2 && day === 29) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return day <= (DAYS[month - 1] ?? 0)
}

const onCalendar = (type: string): ((text: string) => boolean) => {
  const matches = matching(type)
  return (text) => matches(text) && isOnCalendar(text)
}

/** Linear, where the standard's expression is not: groups of four characters with white space between them. */
const isBase64 = (text: string): boolean => {
  const packed = text.replace(/\s+/g, '')
  return packed.length > 0 && packed.length % 4 === 0 && /^[0-9A-Za-z+/]+={0,2}$/.test(packed)
}

const uri: Format = { accepts: noSpace, expected: 'a URI without white space' }
const text: Format = {
  accepts: anyText,
  expected: 'text that is not empty, at most 1 MB long, and without control characters',
}

/** http://hl7.org/fhir/R4/datatypes.html#primitive */
export const FORMATS: Readonly<Record<string, Format>> = {
  base64Binary: { accepts: isBase64, expected: 'base64 (RFC 4648)' },
  canonical: uri,
  code: { accepts: matching('code'), expected: 'a code: no white space at its ends, and no two spaces in a row' },
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
