import { type CompileContext, type Compiled, fromTruth, fromValues, truthOf } from './compiled.ts'
import { FhirPathFault } from './fault.ts'
import { compileCall } from './functions/index.ts'
import { NOTHING } from './item.ts'
import { member } from './member.ts'
import { isOfType } from './model.ts'
import { BINARY, negated } from './operators.ts'
import type { Tree } from './tree.ts'
import { variable } from './variables.ts'

/** The functions that a tree stands for. Throws a FhirPathFault `unknown` for a function that does not exist, `syntax` for one called wrongly. */
export const compileTree = (tree: Tree, context: CompileContext): Compiled => {
  const compile = (part: Tree): Compiled => compileTree(part, context)
  switch (tree.kind) {
    case 'literal': {
      const value = tree.value
      const only = value[0]?.value
      const truth = truthOf(value)
      return {
        values: () => value,
        truth: () => truth,
        exists: () => value.length > 0,
        ...(typeof only === 'string' && value[0]?.type === 'System.String' ? { literal: only } : {}),
      }
    }
    case 'variable':
      return variable(tree.name, tree.position)
    case 'special':
      return SPECIAL[tree.name]
    case 'member':
      return member(tree.from === undefined ? undefined : compile(tree.from), tree.name, context.model)
    case 'call':
      return compileCall(tree, compile, context)
    case 'indexer': {
      const [from, index] = [compile(tree.from), compile(tree.index)]
      return fromValues((run, focus) => {
        const items = from.values(run, focus)
        const wanted = index.values(run, focus)
        const at = wanted[0]?.value
        if (wanted.length === 0) return NOTHING
        if (wanted.length > 1 || typeof at !== 'number') throw notAnIndex(tree.position)
        const item = items[at]
        return item === undefined ? NOTHING : [item]
      })
    }
    case 'polarity': {
      const of = compile(tree.of)
      return tree.sign === '+' ? of : fromValues((run, focus) => negated(of.values(run, focus)))
    }
    case 'type': {
      const of = compile(tree.of)
      const { type, operator } = tree
      if (operator === 'as')
        return fromValues((run, focus) =>
          of.values(run, focus).filter((item) => isOfType(item.type, type, context.model)),
        )
      return fromTruth((run, focus) => {
        const items = of.values(run, focus)
        if (items.length > 1)
          throw new FhirPathFault('value', `"is ${type}" is asked of one item, not of ${items.length}.`)
        const [item] = items
        return item === undefined ? undefined : isOfType(item.type, type, context.model)
      })
    }
    case 'binary':
      return BINARY[tree.operator](compile(tree.left), compile(tree.right))
  }
}

const notAnIndex = (position: number): FhirPathFault =>
  new FhirPathFault('value', 'Between the brackets of an index stands one whole number.', position)

const SPECIAL: Readonly<Record<'$this' | '$index' | '$total', Compiled>> = {
  $this: {
    ...fromValues((_, focus) => focus),
    exists: (_, focus) => focus.length > 0,
  },
  $index: fromValues((run) => (run.index < 0 ? NOTHING : [{ value: run.index, type: 'System.Integer' }])),
  $total: fromValues((run) => run.total),
}
