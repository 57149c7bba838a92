/** Values that a profile fixes or bounds (http://hl7.org/fhir/R4/elementdefinition-definitions.html). */
import type { ElementDefinition } from 'fhir/r4.js'
import { isNode } from '../invariants/invariant.ts'

type Held = Readonly<{ name: string; value: unknown; companion: unknown }>

const held = (definition: ElementDefinition, start: string): Held | undefined => {
  for (const name in definition) {
    if (!name.startsWith(start) || name.length === start.length) continue
    const capital = name.charCodeAt(start.length)
    if (capital < 65 || capital > 90) continue
    const fields = definition as unknown as Record<string, unknown>
    return { name, value: fields[name], companion: fields[`_${name}`] }
  }
  return undefined
}

/** What stands under `fixed[x]`, `pattern[x]`, `minValue[x]` or `maxValue[x]` of an element; undefined where nothing does. */
export const fixedOf = (definition: ElementDefinition): Held | undefined => held(definition, 'fixed')
export const patternOf = (definition: ElementDefinition): Held | undefined => held(definition, 'pattern')
export const leastOf = (definition: ElementDefinition): Held | undefined => held(definition, 'minValue')
export const mostOf = (definition: ElementDefinition): Held | undefined => held(definition, 'maxValue')

/** True where two values are the same to the last element; an id that is only there for references within does not count. */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other) return true
  if (Array.isArray(one)) {
    return Array.isArray(other) && one.length === other.length && one.every((item, index) => isSame(item, other[index]))
  }
  if (!isNode(one) || !isNode(other)) return false
  const names = Object.keys(one)
  return names.length === Object.keys(other).length && names.every((name) => isSame(one[name], other[name]))
}

/** Whether a value has all that a pattern has; each item of an array of the pattern in one item or other. */
export const patternTest = (pattern: unknown): ((value: unknown) => boolean) => {
  if (Array.isArray(pattern)) {
    const parts = pattern.map(patternTest)
    return (value) => Array.isArray(value) && parts.every((part) => value.some(part))
  }
  if (!isNode(pattern)) return (value) => value === pattern
  const parts = Object.entries(pattern).map(([name, part]) => ({ name, holds: patternTest(part) }))
  return (value) => {
    if (!isNode(value)) return false
    for (const { name, holds } of parts) if (!holds(value[name])) return false
    return true
  }
}

const DURATIONS: Readonly<Record<string, number>> = {
  a: 31_556_952,
  mo: 2_629_746,
  wk: 604_800,
  d: 86_400,
  h: 3_600,
  min: 60,
  s: 1,
  ms: 0.001,
}
const MASSES: Readonly<Record<string, number>> = {
  kg: 1_000,
  g: 1,
  mg: 1e-3,
  ug: 1e-6,
  ng: 1e-9,
  '[lb_av]': 453.592_37,
}
const LENGTHS: Readonly<Record<string, number>> = {
  km: 1_000,
  m: 1,
  dm: 0.1,
  cm: 0.01,
  mm: 0.001,
  um: 1e-6,
  '[in_i]': 0.0254,
}
const VOLUMES: Readonly<Record<string, number>> = { L: 1, l: 1, dL: 0.1, cL: 0.01, mL: 0.001, ml: 0.001 }
/** Units of UCUM that are compared with others of their kind. */
const KINDS = [DURATIONS, MASSES, LENGTHS, VOLUMES]

const signOf = (difference: number): number => (difference < 0 ? -1 : difference > 0 ? 1 : 0)

const quantities = (
  one: Readonly<Record<string, unknown>>,
  other: Readonly<Record<string, unknown>>,
): number | undefined => {
  const [a, b] = [one['value'], other['value']]
  if (typeof a !== 'number' || typeof b !== 'number') return undefined
  const [unit, otherUnit] = [one['code'] ?? one['unit'], other['code'] ?? other['unit']]
  if (unit === otherUnit) return signOf(a - b)
  const kind = KINDS.find((units) => String(unit) in units && String(otherUnit) in units)
  if (kind === undefined) return undefined
  return signOf(a * (kind[String(unit)] as number) - b * (kind[String(otherUnit)] as number))
}

const instants = (one: string, other: string): number => {
  if (one.includes('T') && other.includes('T')) return signOf(Date.parse(one) - Date.parse(other))
  const precision = Math.min(one.length, other.length, 10)
  const [a, b] = [one.slice(0, precision), other.slice(0, precision)]
  return a < b ? -1 : a > b ? 1 : 0
}

const UNITS = { years: 'FullYear', months: 'Month', days: 'Date' } as const

/**
 * Below 0 where a value is less than a bound, above 0 where it is greater; undefined where that cannot be told. Dates and times are compared as far
 * as both are precise.
 */
export const compare = (value: unknown, bound: unknown): number | undefined => {
  if (typeof value === 'number' && typeof bound === 'number') return signOf(value - bound)
  if (typeof value === 'string' && typeof bound === 'string') return instants(value, bound)
  return isNode(value) && isNode(bound) ? quantities(value, bound) : undefined
}

/**
 * The moment that a bound of a Quantity means for a date: as long before now (sign -1) or after it
 * (http://hl7.org/fhir/R4/elementdefinition-definitions.html#ElementDefinition.minValue_x_).
 */
export const momentOf = (now: Date, bound: Readonly<Record<string, unknown>>, sign: 1 | -1): string | undefined => {
  const { value, code } = bound
  if (typeof value !== 'number') return undefined
  const unit = code === 'a' ? UNITS.years : code === 'mo' ? UNITS.months : code === 'd' ? UNITS.days : undefined
  const moment = new Date(now)
  if (unit !== undefined) moment[`setUTC${unit}`](moment[`getUTC${unit}`]() + sign * value)
  else {
    const seconds = DURATIONS[String(code)]
    if (seconds === undefined) return undefined
    moment.setTime(now.getTime() + sign * value * seconds * 1_000)
  }
  return Number.isNaN(moment.getTime()) ? undefined : moment.toISOString()
}
