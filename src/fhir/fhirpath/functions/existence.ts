import { fromCertainty, fromTruth, fromValues } from '../compiled.ts'
import { distinct, itemSet } from '../equality.ts'
import { FhirPathFault } from '../fault.ts'
import { type Collection, system } from '../item.ts'
import type { Run } from '../run.ts'
import { asking, eager, type Functions, forEach, isTrueOfSome } from './function.ts'

/** Every item as a Boolean. Throws a FhirPathFault for another. */
const booleans = (items: Collection): readonly (boolean | undefined)[] =>
  items.map(({ value }) => {
    if (typeof value !== 'boolean' && value !== undefined)
      throw new FhirPathFault('value', 'allTrue(), anyTrue(), allFalse() and anyFalse() take Booleans.')
    return value
  })

const isSubset = (run: Run, items: Collection, all: Collection): boolean => {
  const set = itemSet(run)
  for (const item of all) set.add(item)
  return items.every(set.has)
}

/** http://hl7.org/fhirpath/N1/#existence */
export const EXISTENCE: Functions = {
  empty: { least: 0, most: 0, compile: ({ from: { exists } }) => fromCertainty((run, focus) => !exists(run, focus)) },
  exists: {
    least: 0,
    most: 1,
    compile: ({ from: { values, exists }, parameters: [criteria] }) => {
      if (criteria === undefined) return fromCertainty(exists)
      const { truth } = criteria
      return fromCertainty((run, focus) => isTrueOfSome(run, values(run, focus), truth))
    },
  },
  all: {
    least: 1,
    most: 1,
    compile: ({ from, parameters: [criteria] }) =>
      fromCertainty((run, focus) => {
        let holds = true
        forEach(run, from.values(run, focus), (item) => {
          holds = criteria?.truth(run, item) === true
          return !holds
        })
        return holds
      }),
  },
  not: {
    least: 0,
    most: 0,
    compile: ({ from: { truth } }) =>
      fromTruth((run, focus) => {
        const found = truth(run, focus)
        return found === undefined ? undefined : !found
      }),
  },
  allTrue: asking(0, 0, (_, items) => booleans(items).every((value) => value === true)),
  anyTrue: asking(0, 0, (_, items) => booleans(items).some((value) => value === true)),
  allFalse: asking(0, 0, (_, items) => booleans(items).every((value) => value === false)),
  anyFalse: asking(0, 0, (_, items) => booleans(items).some((value) => value === false)),
  count: {
    least: 0,
    most: 0,
    compile: ({ from }) => fromValues((run, focus) => [system('Integer', from.values(run, focus).length)]),
  },
  distinct: eager(0, 0, (run, items) => distinct(items, run)),
  isDistinct: asking(0, 0, (run, items) => distinct(items, run).length === items.length),
  subsetOf: asking(1, 1, (run, items, all = []) => isSubset(run, items, all)),
  supersetOf: asking(1, 1, (run, items, part = []) => isSubset(run, part, items)),
}
