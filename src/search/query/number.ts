import { prefixOf } from './prefix.ts'
import type { NumberTest, QuantityTest } from './query.ts'
import { invalidValue, splitEscaped, withoutEscapes } from './text.ts'

const NUMBER = /^([+-]?)(\d{1,30})(?:\.(\d{1,30}))?(?:[eE]([+-]?\d{1,2}))?$/

/** A decimal as a whole number of units of 10^-scale. */
type Scaled = Readonly<{ units: bigint; scale: number }>

const textOf = ({ units, scale }: Scaled): string => {
  if (scale <= 0) return String(units * 10n ** BigInt(-scale))
  const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0')
  return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`
}

/**
 * One alternative of a number. Without a prefix that compares, it stands for what would be written like it: 100 for [99.5, 100.5), 100.00 for
 * [99.995, 100.005), 1e2 for [95, 105), as the table of http://hl7.org/fhir/R4/search.html#number has it; `ap` for 10 % to either side.
 */
export const numberTest = (name: string, text: string): NumberTest => {
  const { prefix, rest } = prefixOf(text)
  const match = NUMBER.exec(rest)
  if (match === null)
    throw invalidValue(
      name,
      'Expected a decimal such as 5, 5.40 or 5.4e-3, with eq, ne, gt, lt, ge, le, sa, eb or ap before it.',
    )
  const [, sign, whole = '', fraction = '', exponent] = match
  const magnitude = BigInt(whole + fraction)
  // One digit more than it is written with, so that half of the last one is a whole number of units.
  const scale = fraction.length - Number(exponent ?? 0) + 2
  const units = (sign === '-' ? -magnitude : magnitude) * 100n
  const half = exponent !== undefined && fraction === '' ? 5n : 50n
  const close = (magnitude * 100n) / 10n
  const reach = prefix === 'ap' && close > half ? close : half
  const at = (value: bigint): string => textOf({ units: value, scale })
  return { prefix, value: at(units), low: at(units - reach), high: at(units + reach) }
}

/** One alternative of a quantity (http://hl7.org/fhir/R4/search.html#quantity): `number`, `number|system|code`, `number||code` or `number|system|`. */
export const quantityTest = (name: string, text: string): QuantityTest => {
  const [number = '', ...unit] = splitEscaped(text, '|')
  const [system = '', code = ''] = unit.map(withoutEscapes)
  if (unit.length !== 0 && (unit.length !== 2 || (system === '' && code === '')))
    throw invalidValue(
      name,
      'Expected number, number|system|code, number||code or number|system|; the code is of the unit, or its text.',
    )
  return {
    ...numberTest(name, number),
    system: system === '' ? undefined : system,
    code: code === '' ? undefined : code,
  }
}
