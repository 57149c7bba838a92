import { codesOf, type Property } from '../../definitions/tables.ts'
import { decimalText } from '../../fhir/decimal.ts'
import { narrativeFault } from '../narrative/narrative.ts'
import { FORMATS, WHOLE_NUMBERS } from '../values/formats.ts'
import type { Fault } from './fault.ts'

/** What is wrong with the JSON of a primitive, which stands in an object or a list under this name or index; undefined where nothing is. */
export type PrimitiveTest = (value: unknown, holder: object, name: string | number) => readonly Fault[] | undefined

const wrongType = (type: Extract<Fault, { keyword: 'type' }>['params']['type']): readonly Fault[] => [
  { keyword: 'type', params: { type } },
]

const numberTest: PrimitiveTest = (value) =>
  typeof value === 'number' && Number.isFinite(value) ? undefined : wrongType('number')

/** How a whole number is written: 1.0 and 1e2 are none (http://hl7.org/fhir/R4/datatypes.html#integer). */
const DIGITS = /^(?:0|-?[1-9]\d*)$/
const NOT_DIGITS: readonly Fault[] = [{ keyword: 'digits', params: {} }]

const wholeNumberTest = ({ minimum, maximum }: Readonly<{ minimum: number; maximum: number }>): PrimitiveTest => {
  const slow = (value: unknown): readonly Fault[] => {
    const faults: Fault[] = Number.isInteger(value) ? [] : [...wrongType('integer')]
    if (typeof value !== 'number') return faults
    if (value > maximum) faults.push({ keyword: 'maximum', params: { comparison: '<=', limit: maximum } })
    if (value < minimum) faults.push({ keyword: 'minimum', params: { comparison: '>=', limit: minimum } })
    return faults
  }
  return (value, holder, name) => {
    if (!Number.isInteger(value) || (value as number) < minimum || (value as number) > maximum) return slow(value)
    return DIGITS.test(decimalText(holder, String(name)) ?? '') ? undefined : NOT_DIGITS
  }
}

const codeTest = (valueSet: string): PrimitiveTest => {
  const codes = new Set<unknown>(codesOf(valueSet))
  const unknown: Fault = { keyword: 'codes', params: { valueSet } }
  return (value) => {
    if (codes.has(value)) return undefined
    return typeof value === 'string' ? [unknown] : [...wrongType('string'), unknown]
  }
}

const textTest = (type: string): PrimitiveTest => {
  const format = FORMATS[type]
  if (format === undefined) throw new Error(`No format for the primitive ${type}`)
  const { accepts } = format
  return (value) => {
    if (typeof value !== 'string') return wrongType('string')
    return accepts(value) ? undefined : [{ keyword: 'format', params: { format: type } }]
  }
}

const narrativeTest: PrimitiveTest = (value) => {
  if (typeof value !== 'string') return wrongType('string')
  const fault = narrativeFault(value)
  return fault === undefined ? undefined : [{ keyword: 'narrative', params: fault }]
}

const booleanTest: PrimitiveTest = (value) => (typeof value === 'boolean' ? undefined : wrongType('boolean'))

/** The test of a primitive's own JSON, as against what stands beside it (http://hl7.org/fhir/R4/datatypes.html#primitive). */
export const primitiveTest = ({ element, type: { code } }: Property): PrimitiveTest => {
  if (code === 'xhtml') return narrativeTest
  if (code === 'boolean') return booleanTest
  if (code === 'decimal') return numberTest
  const range = WHOLE_NUMBERS[code]
  if (range !== undefined) return wholeNumberTest(range)
  return element.codes === undefined ? textTest(code) : codeTest(element.codes)
}
