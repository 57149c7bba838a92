import { fromTruth, fromValues } from '../compiled.ts'
import { itemSet } from '../equality.ts'
import { FhirPathFault } from '../fault.ts'
import { type Collection, children, type Item, NOTHING } from '../item.ts'
import { isOfType, type Model } from '../model.ts'
import { type Run, spend } from '../run.ts'
import type { Tree } from '../tree.ts'
import { eager, type FhirPathFunction, type Functions, forEach, isTrueOfSome } from './function.ts'

/** The type that a parameter names: `Patient`, `FHIR.Patient`. */
const typeNamed = (tree: Tree | undefined): string => {
  if (tree?.kind === 'member') return tree.from === undefined ? tree.name : `${typeNamed(tree.from)}.${tree.name}`
  // Older expressions have the name in quotes.
  const text = tree?.kind === 'literal' ? tree.value[0]?.value : undefined
  if (typeof text === 'string') return text
  throw new FhirPathFault('syntax', 'Expected the name of a type, e.g. Patient or FHIR.Patient.', tree?.position)
}

/** R4's own expressions ask `as()` of many items, as `ofType()` is. */
const ofType: FhirPathFunction = {
  least: 1,
  most: 1,
  compile: ({ from, trees: [tree], context: { model } }) => {
    const type = typeNamed(tree)
    return fromValues((run, focus) => from.values(run, focus).filter((item) => isOfType(item.type, type, model)))
  },
}

const descendants = (run: Run, items: Collection, model: Model): Collection => {
  const found: Item[] = []
  for (const item of items) children(item, model, found)
  for (let at = 0; at < found.length; at++) {
    spend(run, 1)
    children(found[at] as Item, model, found)
  }
  return found
}

/** http://hl7.org/fhirpath/N1/#filtering-and-projection, #tree-navigation */
export const FILTERING: Functions = {
  where: {
    least: 1,
    most: 1,
    compile: ({ from: { values }, parameters: [criteria] }) => {
      const truth = criteria?.truth ?? (() => undefined)
      return {
        ...fromValues((run, focus) => {
          const found: Item[] = []
          forEach(run, values(run, focus), (item) => {
            if (truth(run, item) === true) found.push(item[0])
            return false
          })
          return found
        }),
        exists: (run, focus) => isTrueOfSome(run, values(run, focus), truth),
      }
    },
  },
  select: {
    least: 1,
    most: 1,
    compile: ({ from, parameters: [projection] }) =>
      fromValues((run, focus) => {
        const found: Item[] = []
        forEach(run, from.values(run, focus), (item) => {
          const more = projection?.values(run, item) ?? NOTHING
          spend(run, more.length)
          for (const one of more) found.push(one)
          return false
        })
        return found
      }),
  },
  repeat: {
    least: 1,
    most: 1,
    compile: ({ from, parameters: [projection] }) =>
      fromValues((run, focus) => {
        const found: Item[] = []
        const seen = itemSet(run)
        let next: Collection = from.values(run, focus)
        while (next.length > 0) {
          const fresh: Item[] = []
          forEach(run, next, (item) => {
            for (const one of projection?.values(run, item) ?? NOTHING) if (seen.add(one)) fresh.push(one)
            return false
          })
          for (const one of fresh) found.push(one)
          next = fresh
        }
        return found
      }),
  },
  ofType,
  as: ofType,
  is: {
    least: 1,
    most: 1,
    compile: ({ from, trees: [tree], context: { model } }) => {
      const type = typeNamed(tree)
      return fromTruth((run, focus) => {
        const items = from.values(run, focus)
        if (items.length > 1)
          throw new FhirPathFault('value', `is(${type}) is asked of one item, not of ${items.length}.`)
        const [item] = items
        return item === undefined ? undefined : isOfType(item.type, type, model)
      })
    },
  },
  children: {
    least: 0,
    most: 0,
    compile: ({ from, context: { model } }) =>
      fromValues((run, focus) => {
        const found: Item[] = []
        for (const item of from.values(run, focus)) children(item, model, found)
        spend(run, found.length)
        return found
      }),
  },
  descendants: {
    least: 0,
    most: 0,
    compile: ({ from, context: { model } }) =>
      fromValues((run, focus) => descendants(run, from.values(run, focus), model)),
  },
  trace: eager(1, 2, (_, items) => items),
  aggregate: {
    least: 1,
    most: 2,
    compile: ({ from, parameters: [aggregator, first] }) =>
      fromValues((run, focus) => {
        const { total } = run
        try {
          run.total = first?.values(run, focus) ?? NOTHING
          forEach(run, from.values(run, focus), (item) => {
            run.total = aggregator?.values(run, item) ?? NOTHING
            return false
          })
          return run.total
        } finally {
          run.total = total
        }
      }),
  },
  iif: {
    least: 2,
    most: 3,
    compile: ({ from, parameters: [condition, then, otherwise] }) =>
      fromValues((run, focus) => {
        // The condition and both answers are about what the function is called on.
        const input = from.values(run, focus)
        const branch = condition?.truth(run, input) === true ? then : otherwise
        return branch?.values(run, input) ?? NOTHING
      }),
  },
}
