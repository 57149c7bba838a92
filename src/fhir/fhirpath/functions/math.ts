import { FhirPathFault } from '../fault.ts'
import { type Item, NOTHING, systemType } from '../item.ts'
import { numberItem, single } from '../operators.ts'
import { eager, type FhirPathFunction, type Functions, integerOf } from './function.ts'

const numberOf = (item: Item, name: string): number => {
  if (typeof item.value !== 'number') throw new FhirPathFault('value', `${name}() takes a number.`)
  return item.value
}

const calculating = (
  name: string,
  calculate: (value: number) => number,
  result: 'Integer' | 'Decimal' | 'like',
): FhirPathFunction =>
  eager(0, 0, (_, items) => {
    const item = single(items, `${name}()`)
    if (item === undefined) return NOTHING
    const isInteger = result === 'Integer' || (result === 'like' && systemType(item) === 'System.Integer')
    return numberItem(calculate(numberOf(item, name)), isInteger)
  })

/** http://hl7.org/fhirpath/N1/#math. What has no result, such as the root of -1, finds nothing. */
export const MATH: Functions = {
  abs: calculating('abs', Math.abs, 'like'),
  ceiling: calculating('ceiling', Math.ceil, 'Integer'),
  floor: calculating('floor', Math.floor, 'Integer'),
  truncate: calculating('truncate', Math.trunc, 'Integer'),
  exp: calculating('exp', Math.exp, 'Decimal'),
  ln: calculating('ln', Math.log, 'Decimal'),
  sqrt: calculating('sqrt', Math.sqrt, 'Decimal'),
  log: eager(1, 1, (_, items, base = NOTHING) => {
    const [item, of] = [single(items, 'log()'), single(base, 'log()')]
    if (item === undefined || of === undefined) return NOTHING
    return numberItem(Math.log(numberOf(item, 'log')) / Math.log(numberOf(of, 'log')), false)
  }),
  power: eager(1, 1, (_, items, exponent = NOTHING) => {
    const [item, by] = [single(items, 'power()'), single(exponent, 'power()')]
    if (item === undefined || by === undefined) return NOTHING
    const value = numberOf(item, 'power') ** numberOf(by, 'power')
    const isWhole = systemType(item) === 'System.Integer' && systemType(by) === 'System.Integer'
    return numberItem(value, isWhole && Number.isInteger(value))
  }),
  round: eager(0, 1, (_, items, precision = NOTHING) => {
    const item = single(items, 'round()')
    if (item === undefined) return NOTHING
    const places = integerOf(precision, 'round()') ?? 0
    if (places < 0) throw new FhirPathFault('value', 'round() takes a precision of 0 or more.')
    const factor = 10 ** Math.min(places, 15)
    const value = numberOf(item, 'round')
    return numberItem((Math.sign(value) * Math.round(Math.abs(value) * factor)) / factor, false)
  }),
}
