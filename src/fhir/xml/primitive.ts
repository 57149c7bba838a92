import { setNumber } from '../decimal.ts'
import type { Child } from './children.ts'

type Values = Record<string, unknown>

const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/
const WHOLE_NUMBER = /^-?(?:0|[1-9][0-9]*)$/
const NUMBERS: ReadonlyMap<string, Readonly<{ accepts: RegExp; expected: string }>> = new Map([
  ['decimal', { accepts: NUMBER, expected: 'a decimal number, e.g. 1.50' }],
  ...['integer', 'positiveInt', 'unsignedInt'].map(
    (type) => [type, { accepts: WHOLE_NUMBER, expected: 'a whole number, e.g. 3' }] as const,
  ),
])

/**
 * Puts a primitive where JSON has it (http://hl7.org/fhir/R4/json.html#primitive): its value under its name, its id and extensions under the same with
 * an underscore. Answers what is wrong with the value, where it is none of its type that JSON could hold.
 * @param index which of several of the name it is
 * @param more id and extensions; empty where there are none
 */
export const putPrimitive = (
  object: Values,
  name: string,
  child: Child,
  index: number,
  value: string | undefined,
  more: Values,
): string | undefined => {
  const hasMore = Object.keys(more).length > 0
  if (!child.repeats) {
    const fault = value === undefined ? undefined : putValue(object, name, child.type, value)
    if (hasMore) object[`_${name}`] = more
    return fault
  }
  // Two arrays of the same length, null where one of them has nothing to say.
  const row = (key: string, isNeeded: boolean): unknown[] | undefined => {
    if (isNeeded) object[key] ??= new Array(index).fill(null)
    const items = object[key] as unknown[] | undefined
    items?.push(null)
    return items
  }
  const values = row(name, value !== undefined)
  const extras = row(`_${name}`, hasMore)
  if (hasMore) (extras as unknown[])[index] = more
  return value === undefined ? undefined : putValue(values as unknown[], index, child.type, value)
}

const putValue = (holder: object, name: string | number, type: string, value: string): string | undefined => {
  const number = NUMBERS.get(type)
  if (number !== undefined) {
    if (!number.accepts.test(value)) return `The value must be ${number.expected}.`
    setNumber(holder, name, value)
  } else if (type !== 'boolean') (holder as Values)[name] = value
  else if (value === 'true' || value === 'false') (holder as Values)[name] = value === 'true'
  else return 'The value must be true or false.'
  return undefined
}
