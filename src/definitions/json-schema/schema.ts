/** A JSON Schema (2020-12), as far as ours go. */
export type Schema = Readonly<Record<string, unknown>>

/** One schema that says what all of these say. */
export const allOf = (parts: readonly Schema[]): Schema =>
  parts.length === 0 ? {} : parts.length === 1 ? (parts[0] as Schema) : { allOf: [...parts] }

/** What holds a value as FHIR's fixed and pattern do: the value itself, or all that stands in it and more (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.pattern_x_). */
export const holding = (value: unknown): Schema => {
  if (Array.isArray(value)) return allOf(value.map((one) => ({ type: 'array', contains: holding(one) })))
  if (typeof value !== 'object' || value === null) return { const: value }
  const entries = Object.entries(value)
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, one]) => [name, holding(one)])),
    required: entries.map(([name]) => name),
  }
}

const text = (pattern?: string): Schema => ({
  type: 'string',
  minLength: 1,
  ...(pattern === undefined ? {} : { pattern }),
})
const DAY = '(0[1-9]|[12]\\d|3[01])'
const MONTH = '(0[1-9]|1[0-2])'
const YEAR = '(\\d(\\d(\\d[1-9]|[1-9]0)|[1-9]00)|[1-9]000)'
const ZONE = '(Z|[+-]((0\\d|1[0-3]):[0-5]\\d|14:00))'
const TIME = '([01]\\d|2[0-3]):[0-5]\\d:([0-5]\\d|60)(\\.\\d+)?'

/** FHIR's primitives in JSON (http://hl7.org/fhir/R4/datatypes.html#primitive). */
export const PRIMITIVES: Readonly<Record<string, Schema>> = {
  base64Binary: text(),
  boolean: { type: 'boolean' },
  canonical: text('^\\S+$'),
  code: text('^\\S+(\\s\\S+)*$'),
  date: text(`^${YEAR}(-${MONTH}(-${DAY})?)?$`),
  dateTime: text(`^${YEAR}(-${MONTH}(-${DAY}(T${TIME}${ZONE})?)?)?$`),
  decimal: { type: 'number' },
  id: text('^[A-Za-z0-9.-]{1,64}$'),
  instant: text(`^${YEAR}-${MONTH}-${DAY}T${TIME}${ZONE}$`),
  integer: { type: 'integer', minimum: -2_147_483_648, maximum: 2_147_483_647 },
  markdown: text(),
  oid: text('^urn:oid:[0-2](\\.(0|[1-9]\\d*))+$'),
  positiveInt: { type: 'integer', minimum: 1, maximum: 2_147_483_647 },
  string: text(),
  time: text(`^${TIME}$`),
  unsignedInt: { type: 'integer', minimum: 0, maximum: 2_147_483_647 },
  uri: text('^\\S+$'),
  url: text('^\\S+$'),
  uuid: text('^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'),
  xhtml: text(),
}

/** The primitive of a type code; what FHIRPath calls the value of an id or an address is text. */
export const primitiveOf = (code: string): string | undefined => {
  if (code.startsWith('http://hl7.org/fhirpath/')) return 'string'
  return Object.hasOwn(PRIMITIVES, code) ? code : undefined
}
