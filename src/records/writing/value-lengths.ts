import type { Bundle, Identifier, Patient } from 'fhir/r4.js'
import { type Issue, issue, MOST_ISSUES } from '../../fhir/outcome.ts'
import { findObjects, type Resource } from '../../fhir/resource.ts'

/** Bytes of UTF-8. A row of an index holds about 2,700: a system, a value, and what they belong to. */
const MOST_OF_VALUE = 1_000
/** Two names, of which the one has the family name and the other is a nickname, stand in one row with a postcode. */
const MOST_OF_NAME = 500
const MOST_OF_POSTCODE = 100

/** Elements by which resources are found, whatever they stand in: of identifiers, codings and contact points; addresses; and codes of a kind with no end. */
const INDEXED: readonly string[] = [
  'system',
  'value',
  'code',
  'reference',
  'url',
  'source',
  'profile',
  'instantiatesCanonical',
  'instantiatesUri',
  'questionnaire',
  'contentType',
  'language',
]

const tooLong = (expression: string, most: number): Issue =>
  issue('value-too-long', expression, `This is longer than ${most} bytes. Send what identifies it, not more.`, {
    code: 'too-long',
  })

/** Values by which a resource is found and that are too long to be; a valid resource is expected. `at` is where it stands in the request. */
export const valueLengthIssues = (resource: Resource, at: string): Issue[] => {
  const issues = findObjects(lookedUp(resource), hasTooLong, MOST_ISSUES + 1).flatMap(({ expression, object }) => {
    const element = `${at}${expression.slice(resource.resourceType.length)}`
    const names = INDEXED.filter((name) => isLongText(object[name]))
    return names.length > 0
      ? names.map((name) => tooLong(`${element}.${name}`, MOST_OF_VALUE))
      : [tooLong(`${element}.type`, MOST_OF_VALUE)]
  })
  if (resource.resourceType === 'Patient') issues.push(...demographicsIssues(resource as Patient, at))
  return issues
}

/** A document is stored as it is: nothing in it is looked up but what it is itself. */
const lookedUp = (resource: Resource): Resource => {
  if (resource.resourceType !== 'Bundle') return resource
  const { resourceType, meta, identifier } = resource as Bundle
  return { resourceType, ...(meta === undefined ? {} : { meta }), ...(identifier === undefined ? {} : { identifier }) }
}

/** Of the few properties that an object has, long ones are rare: they are looked for first. */
const hasTooLong = (object: Readonly<Record<string, unknown>>): boolean => {
  for (const name in object) if (isLongText(object[name]) && INDEXED.includes(name)) return true
  return isLongOfItsType(object as Identifier)
}

/** An identifier is found by the code of its type together with its value (`:of-type`). */
const isLongOfItsType = ({ type, value }: Identifier): boolean =>
  typeof value === 'string' &&
  Array.isArray(type?.coding) &&
  type.coding.some(({ code = '' }) => isLonger(`${code}|${value}`, MOST_OF_VALUE))

const isLongText = (value: unknown): boolean =>
  typeof value === 'string' ? isLonger(value, MOST_OF_VALUE) : Array.isArray(value) && value.some(isLongText)

const isLonger = (text: string, most: number): boolean =>
  text.length > most || (text.length * 3 > most && Buffer.byteLength(text) > most)

/** Of a Patient: what is found by name and postcode. Names are compared decomposed, which makes some longer. */
const demographicsIssues = ({ name = [], address = [] }: Patient, at: string): Issue[] => [
  ...name.flatMap(({ text = '', family = '', given = [] }, index) =>
    [text, [family, ...given].join(' ')].some((whole) => isLonger(whole.normalize('NFKD'), MOST_OF_NAME))
      ? [tooLong(`${at}.name[${index}]`, MOST_OF_NAME)]
      : [],
  ),
  ...address.flatMap(({ postalCode = '' }, index) =>
    isLonger(postalCode, MOST_OF_POSTCODE) ? [tooLong(`${at}.address[${index}].postalCode`, MOST_OF_POSTCODE)] : [],
  ),
]
