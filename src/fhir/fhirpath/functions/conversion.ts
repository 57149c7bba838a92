import { type Collection, type Item, NOTHING, type SystemType, system, systemType } from '../item.ts'
import { isQuantity } from '../model.ts'
import { single } from '../operators.ts'
import { readQuantity } from '../quantity.ts'
import { asking, eager, type Functions } from './function.ts'

const TRUE_WORDS = new Set(['true', 't', 'yes', 'y', '1', '1.0'])
const FALSE_WORDS = new Set(['false', 'f', 'no', 'n', '0', '0.0'])
const DATE = /^\d{4}(?:-\d{2}(?:-\d{2})?)?$/
const DATE_TIME = /^\d{4}(?:-\d{2}(?:-\d{2}(?:T(?:\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?)?(?:Z|[+-]\d{2}:\d{2})?)?)?)?$/
const TIME = /^\d{2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?)?$/
const QUANTITY = /^([+-]?\d+(?:\.\d+)?)\s*(?:'([^']+)'|([a-z]+))?$/

const textIn = (item: Item): string | undefined => (typeof item.value === 'string' ? item.value.trim() : undefined)

const boolean = ({ value }: Item): boolean | undefined => {
  if (typeof value === 'boolean') return value
  if (value === 1) return true
  if (value === 0) return false
  const word = typeof value === 'string' ? value.toLowerCase() : ''
  return TRUE_WORDS.has(word) ? true : FALSE_WORDS.has(word) ? false : undefined
}

const number = (item: Item, pattern: RegExp): number | undefined => {
  if (typeof item.value === 'boolean') return item.value ? 1 : 0
  if (typeof item.value === 'number') return pattern.test(String(item.value)) ? item.value : undefined
  const text = textIn(item)
  return text !== undefined && pattern.test(text) ? Number(text) : undefined
}

const quantity = (item: Item) => {
  if (isQuantity(systemType(item))) return readQuantity(item.value)
  if (typeof item.value === 'number') return { value: item.value, unit: '1' }
  if (typeof item.value === 'boolean') return { value: item.value ? 1 : 0, unit: '1' }
  const found = QUANTITY.exec(textIn(item) ?? '')
  return found === null ? undefined : { value: Number(found[1]), unit: found[2] ?? found[3] ?? '1' }
}

const CONVERSIONS: Readonly<Record<Exclude<SystemType, 'String'>, (item: Item) => unknown>> = {
  Boolean: boolean,
  Integer: (item) => {
    const value = systemType(item) === 'System.Decimal' ? undefined : number(item, /^[+-]?\d+$/)
    return value !== undefined && Math.abs(value) <= 2 ** 31 ? value : undefined
  },
  Decimal: (item) => number(item, /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/),
  Date: (item) => {
    const text = textIn(item)?.replace(/T.*$/, '')
    return text !== undefined && DATE.test(text) ? text : undefined
  },
  DateTime: (item) => {
    const text = textIn(item)
    return text !== undefined && DATE_TIME.test(text) ? text : undefined
  },
  Time: (item) => {
    const text = textIn(item)
    return text !== undefined && TIME.test(text) ? text : undefined
  },
  Quantity: quantity,
}

const converted = (type: Exclude<SystemType, 'String'>, items: Collection, name: string): Collection => {
  const item = single(items, name)
  const value = item === undefined ? undefined : CONVERSIONS[type](item)
  return value === undefined ? NOTHING : [system(type, value)]
}

const pair = (type: Exclude<SystemType, 'String'>): Functions => ({
  [`to${type}`]: eager(0, 0, (_, items) => converted(type, items, `to${type}()`)),
  [`convertsTo${type}`]: asking(0, 0, (_, items) =>
    items.length === 0 ? undefined : converted(type, items, `convertsTo${type}()`).length > 0,
  ),
})

/** http://hl7.org/fhirpath/N1/#conversion; what cannot be converted finds nothing. */
export const CONVERSION: Functions = {
  ...pair('Boolean'),
  ...pair('Integer'),
  ...pair('Decimal'),
  ...pair('Date'),
  ...pair('DateTime'),
  ...pair('Time'),
  ...pair('Quantity'),
  convertsToString: asking(0, 0, (_, items) => {
    const item = single(items, 'convertsToString()')
    return item === undefined ? undefined : typeof item.value !== 'object' || isQuantity(systemType(item))
  }),
}
