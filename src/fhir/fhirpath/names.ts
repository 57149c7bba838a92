/** Whether the elements that an expression names are there, told from the types alone and without anything to evaluate it on. */
import type { Model } from './model.ts'
import { parse } from './parse.ts'
import type { Tree } from './tree.ts'

/** A name that none of the types has that may stand before it. */
export type UnknownName = Readonly<{ name: string; types: readonly string[]; position: number }>

/** The types that something may be of; undefined where that cannot be told. */
type Types = ReadonlySet<string> | undefined

/** What may stand below a primitive. */
const BELOW_PRIMITIVE: ReadonlySet<string> = new Set(['id', 'extension', 'value'])
/** Types of which any other may be meant. */
const ABSTRACT: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement'])
/** Functions whose result is among what they are called on. */
const NARROWING: ReadonlySet<string> = new Set(
  'where first last tail skip take single distinct intersect exclude trace'.split(' '),
)
/** Functions whose parameters are asked of each item. */
const OF_EACH: ReadonlySet<string> = new Set('where all exists select repeat trace aggregate'.split(' '))
const OF_TYPES: ReadonlySet<string> = new Set(['as', 'is', 'ofType'])

const isPrimitive = (type: string): boolean => !/^[A-Z]/.test(type) || type.startsWith('System.')

const union = (one: Types, other: Types): Types =>
  one === undefined || other === undefined ? undefined : new Set([...one, ...other])

/** The names of an expression that stand for nothing on these types; none for one that cannot be read. */
export const unknownNames = (text: string, model: Model, on: readonly string[]): readonly UnknownName[] => {
  const found: UnknownName[] = []

  /** Every type that a model knows has an id. */
  const isOpen = (type: string): boolean =>
    ABSTRACT.has(type) || (!isPrimitive(type) && model.properties(type, 'id').length === 0)

  const below = (type: string, name: string): readonly string[] | undefined => {
    if (isOpen(type)) return undefined
    if (!isPrimitive(type)) return model.properties(type, name).map((property) => property.type)
    return BELOW_PRIMITIVE.has(name) ? (name === 'extension' ? ['Extension'] : ['string']) : []
  }

  const member = (tree: Extract<Tree, { kind: 'member' }>, focus: Types): Types => {
    const { from, name, position } = tree
    const before = from === undefined ? focus : typesOf(from, focus)
    if (before === undefined || before.size === 0) return undefined
    const named =
      from === undefined && /^[A-Z]/.test(name) ? [...before].filter((one) => model.lineage(one).includes(name)) : []
    if (named.length > 0) return new Set(named)
    const types = new Set<string>()
    let isTold = true
    for (const type of before) {
      const inside = below(type, name)
      if (inside === undefined) isTold = false
      for (const one of inside ?? []) types.add(one)
    }
    if (isTold && types.size === 0) found.push({ name, types: [...before], position })
    return isTold ? types : undefined
  }

  const call = ({ from, name, parameters }: Extract<Tree, { kind: 'call' }>, focus: Types): Types => {
    const before = from === undefined ? focus : typesOf(from, focus)
    if (OF_TYPES.has(name)) {
      const [type] = parameters
      return type?.kind === 'member' && name !== 'is' ? new Set([type.name]) : undefined
    }
    const inside = OF_EACH.has(name) ? before : focus
    const told = parameters.map((parameter) => typesOf(parameter, inside))
    if (NARROWING.has(name)) return before
    if (name === 'select') return told[0]
    if (name === 'union' || name === 'combine') return union(before, told[0])
    return name === 'extension' ? new Set(['Extension']) : undefined
  }

  const typesOf = (tree: Tree, focus: Types): Types => {
    switch (tree.kind) {
      case 'member':
        return member(tree, focus)
      case 'call':
        return call(tree, focus)
      case 'special':
        return tree.name === '$this' ? focus : undefined
      case 'indexer':
        typesOf(tree.index, focus)
        return typesOf(tree.from, focus)
      case 'type':
        typesOf(tree.of, focus)
        return tree.operator === 'as' ? new Set([tree.type.replace(/^FHIR\./, '')]) : undefined
      case 'binary': {
        const [left, right] = [typesOf(tree.left, focus), typesOf(tree.right, focus)]
        return tree.operator === '|' ? union(left, right) : undefined
      }
      case 'polarity':
        typesOf(tree.of, focus)
        return undefined
      default:
        return undefined
    }
  }

  typesOf(parse(text), new Set(on))
  return found
}
