import { type Compiled, fromCertainty, fromTruth, fromValues } from './compiled.ts'
import { collectionsEqual, collectionsEquivalent, compare, distinct, itemSet, shortType } from './equality.ts'
import { FhirPathFault } from './fault.ts'
import { type Collection, type Item, NOTHING, system, systemType } from './item.ts'
import { isQuantity } from './model.ts'
import { calendarUnit, readQuantity } from './quantity.ts'
import { type Run, spend } from './run.ts'
import { addToTemporal } from './temporal.ts'
import type { BinaryOperator } from './tree.ts'

/** One item, or none. Throws a FhirPathFault for more. */
export const single = (items: Collection, what: string): Item | undefined => {
  if (items.length > 1)
    throw new FhirPathFault('value', `${what} takes one item, found ${items.length}. Say which one.`)
  const item = items[0]
  return item?.value === undefined ? undefined : item
}

/** Decimals are read in tens: 0.1 + 0.2 is 0.3. */
export const tidy = (value: number): number =>
  Number.isInteger(value) || !Number.isFinite(value) ? value : Number(value.toPrecision(15))

const INTEGER_MOST = 2 ** 31

/** A number as an item; nothing where there is none, or no Integer that large. */
export const numberItem = (value: number, isInteger: boolean): Collection => {
  if (!Number.isFinite(value) || (isInteger && Math.abs(value) > INTEGER_MOST)) return NOTHING
  return [system(isInteger ? 'Integer' : 'Decimal', tidy(value))]
}

const isInteger = (item: Item): boolean => item.type === 'System.Integer' || systemType(item) === 'System.Integer'

const LONGEST_TEXT = 1_000_000

/** A text as an item. Throws a FhirPathFault `too-costly` for one that no element could hold. */
export const textItem = (value: string, run: Run): Collection => {
  if (value.length > LONGEST_TEXT) throw new FhirPathFault('too-costly', 'The expression makes too long a text.')
  spend(run, value.length >> 5)
  return [system('String', value)]
}

type Apply = (left: Item, right: Item, run: Run) => Collection

const unfit = (operator: string, left: Item, right: Item): FhirPathFault =>
  new FhirPathFault(
    'value',
    `"${operator}" cannot be applied to ${shortType(systemType(left))} and ${shortType(systemType(right))}.`,
  )

const arithmetic =
  (operator: string, apply: Apply): ((left: Compiled, right: Compiled) => Compiled) =>
  ({ values: left }, { values: right }) => {
    const what = `"${operator}"`
    return fromValues((run, focus) => {
      const one = single(left(run, focus), what)
      const other = single(right(run, focus), what)
      return one === undefined || other === undefined ? NOTHING : apply(one, other, run)
    })
  }

const onNumbers =
  (
    operator: string,
    calculate: (left: number, right: number) => number,
    result: 'Integer' | 'Decimal' | 'like',
  ): Apply =>
  (left, right) => {
    const [a, b] = [left.value, right.value]
    if (typeof a !== 'number' || typeof b !== 'number') throw unfit(operator, left, right)
    return numberItem(
      calculate(a, b),
      result === 'Integer' || (result === 'like' && isInteger(left) && isInteger(right)),
    )
  }

const TEMPORAL = /^System\.(?:Date|DateTime|Time)$/

const sum = (sign: 1 | -1): Apply => {
  const operator = sign === 1 ? '+' : '-'
  const numbers = onNumbers(operator, (a, b) => a + sign * b, 'like')
  return (left, right, run) => {
    if (typeof left.value === 'number') return numbers(left, right, run)
    if (sign === 1 && typeof left.value === 'string' && typeof right.value === 'string')
      return textItem(left.value + right.value, run)
    const added = isQuantity(systemType(right)) ? readQuantity(right.value) : undefined
    if (added === undefined) throw unfit(operator, left, right)
    if (typeof left.value === 'string' && TEMPORAL.test(systemType(left))) {
      const unit = calendarUnit(added.unit)
      const moved = unit === undefined ? undefined : addToTemporal(left.value, sign * added.value, unit)
      return moved === undefined ? NOTHING : [{ value: moved, type: systemType(left) }]
    }
    const base = isQuantity(systemType(left)) ? readQuantity(left.value) : undefined
    if (base === undefined) throw unfit(operator, left, right)
    return base.unit === added.unit
      ? [system('Quantity', { value: tidy(base.value + sign * added.value), unit: base.unit })]
      : NOTHING
  }
}

const scaled = (operator: '*' | '/'): Apply => {
  const numbers =
    operator === '*'
      ? onNumbers('*', (a, b) => a * b, 'like')
      : onNumbers('/', (a, b) => (b === 0 ? Number.NaN : a / b), 'Decimal')
  return (left, right, run) => {
    if (typeof left.value === 'number' || typeof right.value !== 'number') return numbers(left, right, run)
    const quantity = isQuantity(systemType(left)) ? readQuantity(left.value) : undefined
    if (quantity === undefined) return numbers(left, right, run)
    const value = operator === '*' ? quantity.value * right.value : quantity.value / right.value
    return Number.isFinite(value) ? [system('Quantity', { value: tidy(value), unit: quantity.unit })] : NOTHING
  }
}

const ordering =
  (operator: string, holds: (order: number) => boolean) =>
  ({ values: left }: Compiled, { values: right }: Compiled): Compiled => {
    const what = `"${operator}"`
    return fromTruth((run, focus) => {
      const one = single(left(run, focus), what)
      const other = single(right(run, focus), what)
      const order = one === undefined || other === undefined ? undefined : compare(one, other, run)
      return order === undefined ? undefined : holds(order)
    })
  }

const equality =
  (isNegated: boolean) =>
  ({ values: left, text: textOfLeft }: Compiled, { values: right, literal }: Compiled): Compiled =>
    fromTruth((run, focus) => {
      // The most common by far: a code against a text.
      const text = literal === undefined ? undefined : textOfLeft?.(run, focus)
      if (text !== undefined) return (text === literal) !== isNegated
      const items = left(run, focus)
      if (items.length === 0) return undefined
      const only = items.length === 1 ? items[0] : undefined
      if (literal !== undefined && typeof only?.value === 'string' && !TEMPORAL.test(systemType(only)))
        return (only.value === literal) !== isNegated
      const equal = collectionsEqual(items, right(run, focus), run)
      return equal === undefined ? undefined : equal !== isNegated
    })

const among = (items: Collection, wanted: Collection, run: Run): boolean | undefined => {
  if (wanted.length === 0) return undefined
  if (wanted.length > 1)
    throw new FhirPathFault('value', `"in" and "contains" ask for one item, found ${wanted.length}.`)
  const set = itemSet(run)
  for (const item of items) set.add(item)
  return set.has(wanted[0] as Item)
}

/** Each operator as a function of its two sides (http://hl7.org/fhirpath/N1/#operations). Three truths: true, false and not known. */
export const BINARY: Readonly<Record<BinaryOperator, (left: Compiled, right: Compiled) => Compiled>> = {
  and: ({ truth: left }, { truth: right }) =>
    fromTruth((run, focus) => {
      const one = left(run, focus)
      if (one === false) return false
      const other = right(run, focus)
      return other === false ? false : one === undefined || other === undefined ? undefined : true
    }),
  or: ({ truth: left }, { truth: right }) =>
    fromTruth((run, focus) => {
      const one = left(run, focus)
      if (one === true) return true
      const other = right(run, focus)
      return other === true ? true : one === undefined || other === undefined ? undefined : false
    }),
  xor: ({ truth: left }, { truth: right }) =>
    fromTruth((run, focus) => {
      const [one, other] = [left(run, focus), right(run, focus)]
      return one === undefined || other === undefined ? undefined : one !== other
    }),
  implies: ({ truth: left }, { truth: right }) =>
    fromTruth((run, focus) => {
      const one = left(run, focus)
      if (one === false) return true
      const other = right(run, focus)
      return other === true ? true : one === undefined || other === undefined ? undefined : false
    }),
  '=': equality(false),
  '!=': equality(true),
  '~': (left, right) =>
    fromCertainty((run, focus) => collectionsEquivalent(left.values(run, focus), right.values(run, focus), run)),
  '!~': (left, right) =>
    fromCertainty((run, focus) => !collectionsEquivalent(left.values(run, focus), right.values(run, focus), run)),
  '<': ordering('<', (order) => order < 0),
  '<=': ordering('<=', (order) => order <= 0),
  '>': ordering('>', (order) => order > 0),
  '>=': ordering('>=', (order) => order >= 0),
  in: (left, right) => fromTruth((run, focus) => among(right.values(run, focus), left.values(run, focus), run)),
  contains: (left, right) => fromTruth((run, focus) => among(left.values(run, focus), right.values(run, focus), run)),
  '|': (left, right) => ({
    ...fromValues((run, focus) => distinct([...left.values(run, focus), ...right.values(run, focus)], run)),
    exists: (run, focus) => left.exists(run, focus) || right.exists(run, focus),
  }),
  '+': arithmetic('+', sum(1)),
  '-': arithmetic('-', sum(-1)),
  '*': arithmetic('*', scaled('*')),
  '/': arithmetic('/', scaled('/')),
  div: arithmetic(
    'div',
    onNumbers('div', (a, b) => (b === 0 ? Number.NaN : Math.trunc(a / b)), 'Integer'),
  ),
  mod: arithmetic(
    'mod',
    onNumbers('mod', (a, b) => (b === 0 ? Number.NaN : a % b), 'like'),
  ),
  '&': (left, right) =>
    fromValues((run, focus) => {
      const [one, other] = [single(left.values(run, focus), '"&"'), single(right.values(run, focus), '"&"')]
      for (const item of [one, other])
        if (item !== undefined && typeof item.value !== 'string')
          throw new FhirPathFault('value', `"&" joins texts, not ${shortType(systemType(item))}.`)
      return textItem(String(one?.value ?? '') + String(other?.value ?? ''), run)
    }),
}

export const negated = (items: Collection): Collection => {
  const item = single(items, 'A sign')
  if (item === undefined) return NOTHING
  if (typeof item.value === 'number') return [{ value: -item.value, type: systemType(item) }]
  const quantity = isQuantity(systemType(item)) ? readQuantity(item.value) : undefined
  if (quantity === undefined) throw new FhirPathFault('value', `${shortType(systemType(item))} has no sign.`)
  return [system('Quantity', { ...quantity, value: -quantity.value })]
}
