import { FhirPathFault } from './fault.ts'
import { type Collection, type Item, isObject, systemType } from './item.ts'
import { isQuantity } from './model.ts'
import { compareQuantities, type Quantity, readQuantity } from './quantity.ts'
import { type Run, spend } from './run.ts'
import { compareTemporals, readTemporal } from './temporal.ts'

const isTemporal = (type: string): boolean =>
  type === 'System.Date' || type === 'System.DateTime' || type === 'System.Time'

/** Like as values of JSON, whatever the order of properties. */
const isSame = (left: unknown, right: unknown, run: Run): boolean => {
  spend(run, 1)
  if (left === right) return true
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false
  if (Array.isArray(left))
    return (
      Array.isArray(right) && left.length === right.length && left.every((item, at) => isSame(item, right[at], run))
    )
  if (Array.isArray(right)) return false
  const names = Object.keys(left)
  return (
    names.length === Object.keys(right).length &&
    names.every(
      (name) =>
        Object.hasOwn(right, name) &&
        isSame((left as Record<string, unknown>)[name], (right as Record<string, unknown>)[name], run),
    )
  )
}

/** Whether two items are equal; undefined where it cannot be told (http://hl7.org/fhirpath/N1/#equality). */
export const areEqual = (left: Item, right: Item, run: Run): boolean | undefined => {
  spend(run, 1)
  const [a, b] = [left.value, right.value]
  if (a === undefined || b === undefined) return undefined
  const [one, other] = [systemType(left), systemType(right)]
  if (isTemporal(one) && isTemporal(other) && typeof a === 'string' && typeof b === 'string') {
    if (a === b) return true
    return fromOrder(temporalOrder(a, b), run)
  }
  if (isQuantity(one) && isQuantity(other)) {
    if (isSame(a, b, run)) return true
    const [from, to] = [readQuantity(a), readQuantity(b)]
    return from === undefined || to === undefined ? false : fromOrder(compareQuantities(from, to), run)
  }
  if ((isQuantity(one) && typeof b === 'number') || (isQuantity(other) && typeof a === 'number'))
    return fromOrder(compare(left, right, run), run)
  if (typeof a === 'object' || typeof b === 'object') return isSame(a, b, run)
  // A code and the text of a number are no equals, whatever they look like; an integer and a decimal may be.
  return a === b
}

const temporalOrder = (a: string, b: string): number | undefined => {
  const [from, to] = [readTemporal(a), readTemporal(b)]
  return from === undefined || to === undefined ? undefined : compareTemporals(from, to)
}

const fromOrder = (order: number | undefined, run: Run): boolean | undefined => {
  if (order === undefined) run.isUncertain = true
  return order === undefined ? undefined : order === 0
}

/** `=` of two collections: item by item, in order; undefined where one is empty. */
export const collectionsEqual = (left: Collection, right: Collection, run: Run): boolean | undefined => {
  if (left.length === 0 || right.length === 0) return undefined
  if (left.length !== right.length) return false
  let isKnown = true
  for (let index = 0; index < left.length; index++) {
    const equal = areEqual(left[index] as Item, right[index] as Item, run)
    if (equal === false) return false
    if (equal === undefined) isKnown = false
  }
  return isKnown ? true : undefined
}

const normal = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase()

const decimals = (value: number): number => /\.(\d+)$/.exec(String(value))?.[1]?.length ?? 0

/** Whether two items are equivalent: text without case and spaces, decimals as far as both go (http://hl7.org/fhirpath/N1/#equivalence). */
const areEquivalent = (left: Item, right: Item, run: Run): boolean => {
  spend(run, 1)
  const [a, b] = [left.value, right.value]
  if (typeof a === 'number' && typeof b === 'number') {
    const places = Math.min(decimals(a), decimals(b), 20)
    return a.toFixed(places) === b.toFixed(places)
  }
  const [one, other] = [systemType(left), systemType(right)]
  if (isTemporal(one) || isTemporal(other)) return areEqual(left, right, run) === true
  if (typeof a === 'string' && typeof b === 'string') return normal(a) === normal(b)
  if (isObject(a) && isObject(b) && !isQuantity(one)) return isLike(a, b, run)
  return areEqual(left, right, run) === true
}

/** As `isSame`, but without regard to ids, case, spaces and the order of lists. */
const isLike = (left: unknown, right: unknown, run: Run): boolean => {
  spend(run, 1)
  if (typeof left === 'string' && typeof right === 'string') return normal(left) === normal(right)
  if (Array.isArray(left) && Array.isArray(right)) {
    const rest = [...right]
    return (
      left.length === right.length &&
      left.every((item) => {
        const at = rest.findIndex((other) => isLike(item, other, run))
        if (at !== -1) rest.splice(at, 1)
        return at !== -1
      })
    )
  }
  if (!isObject(left) || !isObject(right)) return left === right
  const names = Object.keys(left).filter((name) => name !== 'id')
  return (
    names.length === Object.keys(right).filter((name) => name !== 'id').length &&
    names.every((name) => Object.hasOwn(right, name) && isLike(left[name], right[name], run))
  )
}

/** `~` of two collections: in any order; two empty ones are equivalent. */
export const collectionsEquivalent = (left: Collection, right: Collection, run: Run): boolean => {
  if (left.length !== right.length) return false
  const rest = [...right]
  return left.every((item) => {
    const at = rest.findIndex((other) => areEquivalent(item, other, run))
    if (at !== -1) rest.splice(at, 1)
    return at !== -1
  })
}

/**
 * Negative, zero or positive for what has an order; undefined where it cannot be told, such as of a day and a month. Throws a FhirPathFault
 * for two that have none (http://hl7.org/fhirpath/N1/#comparison).
 */
export const compare = (left: Item, right: Item, run: Run): number | undefined => {
  spend(run, 1)
  const [a, b] = [left.value, right.value]
  if (a === undefined || b === undefined) return undefined
  if (typeof a === 'number' && typeof b === 'number') return a - b
  const [one, other] = [systemType(left), systemType(right)]
  let order: number | undefined
  if (isQuantity(one) || isQuantity(other)) {
    const [from, to] = [quantityOf(left), quantityOf(right)]
    if (from === 'none' || to === 'none') throw noOrder(one, other)
    order = from === undefined || to === undefined ? undefined : compareQuantities(from, to)
  } else if (typeof a === 'string' && typeof b === 'string' && (isTemporal(one) || isTemporal(other))) {
    order = temporalOrder(a, b)
  } else if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  else throw noOrder(one, other)
  if (order === undefined) run.isUncertain = true
  return order
}

/** The quantity that an item is, or a number without a unit; `none` for what is neither. */
const quantityOf = ({ value, type }: Item): Quantity | undefined | 'none' =>
  typeof value === 'number' ? { value, unit: '1' } : isQuantity(type) ? readQuantity(value) : 'none'

const noOrder = (one: string, other: string): FhirPathFault =>
  new FhirPathFault(
    'value',
    `${shortType(one)} and ${shortType(other)} have no order. Compare numbers, texts, dates, times or quantities.`,
  )

export const shortType = (type: string): string => type.replace(/^System\./, '')

/** A text that is the same for items that are equal, where that can be told from a text; it saves comparing each with each. */
const keyOf = (item: Item): string | undefined => {
  const { value } = item
  if (typeof value === 'number') return `n${value}`
  if (typeof value === 'boolean') return `b${String(value)}`
  return typeof value === 'string' && !isTemporal(systemType(item)) ? `s${value}` : undefined
}

/** A set of items by equality. */
export const itemSet = (run: Run) => {
  const keys = new Set<string>()
  const others: Item[] = []
  const has = (item: Item): boolean => {
    spend(run, 1)
    const key = keyOf(item)
    return key === undefined ? others.some((other) => areEqual(item, other, run) === true) : keys.has(key)
  }
  return {
    has,
    /** False where it is there already. */
    add: (item: Item): boolean => {
      if (has(item)) return false
      const key = keyOf(item)
      if (key === undefined) others.push(item)
      else keys.add(key)
      return true
    },
  }
}

export const distinct = (items: Collection, run: Run): Collection => {
  if (items.length < 2) return items
  const seen = itemSet(run)
  return items.filter((item) => seen.add(item))
}
