import { distinct, itemSet } from '../equality.ts'
import { FhirPathFault } from '../fault.ts'
import { NOTHING } from '../item.ts'
import { eager, type Functions, integerOf } from './function.ts'

/** http://hl7.org/fhirpath/N1/#subsetting, #combining */
export const SUBSETTING: Functions = {
  single: eager(0, 0, (_, items) => {
    if (items.length > 1) throw new FhirPathFault('value', `single() was asked of ${items.length} items.`)
    return items
  }),
  first: eager(0, 0, (_, items) => items.slice(0, 1)),
  last: eager(0, 0, (_, items) => items.slice(-1)),
  tail: eager(0, 0, (_, items) => items.slice(1)),
  skip: eager(1, 1, (_, items, count = NOTHING) => items.slice(Math.max(0, integerOf(count, 'skip()') ?? 0))),
  take: eager(1, 1, (_, items, count = NOTHING) => items.slice(0, Math.max(0, integerOf(count, 'take()') ?? 0))),
  intersect: eager(1, 1, (run, items, others = NOTHING) => {
    const set = itemSet(run)
    for (const item of others) set.add(item)
    return distinct(items.filter(set.has), run)
  }),
  exclude: eager(1, 1, (run, items, others = NOTHING) => {
    const set = itemSet(run)
    for (const item of others) set.add(item)
    return items.filter((item) => !set.has(item))
  }),
  union: eager(1, 1, (run, items, others = NOTHING) => distinct([...items, ...others], run)),
  combine: eager(1, 1, (_, items, others = NOTHING) => [...items, ...others]),
}
