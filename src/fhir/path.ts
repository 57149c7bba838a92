/**
 * Search parameter expressions compiled to functions. Types are worked out once, when an expression is compiled, so that
 * evaluating it is a walk over property names.
 */
import { type Literal, type PathNode, parsePath } from './path-syntax.ts'
import { parseReference } from './resource.ts'

/** A value that a path found, with its FHIR type (a primitive such as `dateTime`, or a complex type). */
export type Found = Readonly<{ value: unknown; type: string }>

/** The JSON properties as which an element of a type may appear; several for a choice, none where there is no such element. */
export type TypeModel = (type: string, element: string) => readonly Readonly<{ property: string; type: string }>[]

export type CompiledPath = Readonly<{
  /** The types that values can have. */
  types: readonly string[]
  values: (focus: Found) => readonly Found[]
}>

const NOTHING: readonly Found[] = []
const TRUE: readonly Found[] = [{ value: true, type: 'boolean' }]
const FALSE: readonly Found[] = [{ value: false, type: 'boolean' }]

/** What an expression is evaluated on: its types, the names by which an expression may speak of it, and the elements of every type. */
export type Focus = Readonly<{ types: readonly string[]; names: readonly string[]; model: TypeModel }>

/**
 * Compiles an expression. The focus is a resource, which is spoken of by the name of its type or of what it inherits from, or, for an expression
 * that begins with an element, whatever has that element.
 * Undefined where the expression is outside the subset (see `path-syntax.ts`) or names an unknown element.
 */
export const compilePath = (expression: string, focus: Focus): CompiledPath | undefined => {
  const tree = parsePath(expression)
  return tree === undefined ? undefined : compile(tree, focus)
}

const compile = (node: PathNode, focus: Focus): CompiledPath | undefined => {
  if (node.kind === 'name') {
    const itself: CompiledPath = { types: focus.types, values: (found) => [found] }
    return focus.names.includes(node.name) ? itself : step(itself, node.name, focus.model)
  }
  if (node.kind === 'union') {
    const branches = node.branches.map((branch) => compile(branch, focus))
    if (!branches.every((branch) => branch !== undefined)) return undefined
    return {
      types: [...new Set(branches.flatMap((branch) => branch.types))],
      values: (found) => branches.flatMap((branch) => branch.values(found)),
    }
  }
  if (node.kind === 'and') {
    const left = compile(node.left, focus)
    const right = compile(node.right, focus)
    return left === undefined || right === undefined
      ? undefined
      : { types: ['boolean'], values: (found) => conjunction(left.values(found), right.values(found)) }
  }
  const from = compile(node.from, focus)
  return from === undefined ? undefined : COMPILERS[node.kind](from, node as never, focus.model)
}

type StepCompilers = {
  [Kind in Exclude<PathNode['kind'], 'name' | 'union' | 'and'>]: (
    from: CompiledPath,
    node: Extract<PathNode, { kind: Kind }>,
    model: TypeModel,
  ) => CompiledPath | undefined
}

const filtered = (
  from: CompiledPath,
  types: readonly string[],
  keeps: (found: Found) => boolean,
): CompiledPath | undefined =>
  types.length === 0 ? undefined : { types, values: (focus) => from.values(focus).filter(keeps) }

const COMPILERS: StepCompilers = {
  step: (from, node, model) => step(from, node.name, model),
  index: (from, node) => ({
    types: from.types,
    values: (focus) => from.values(focus).slice(node.index, node.index + 1),
  }),
  as: (from, node) =>
    filtered(
      from,
      from.types.filter((type) => type === node.type),
      ({ type }) => type === node.type,
    ),
  exists: (from) => ({ types: ['boolean'], values: (focus) => (from.values(focus).length > 0 ? TRUE : FALSE) }),
  extension: (from, node, model) => {
    const extensions = step(from, 'extension', model)
    return extensions && filtered(extensions, extensions.types, ({ value }) => (value as Extensible).url === node.url)
  },
  'where-extension': (from, node, model) =>
    step(from, 'extension', model) &&
    filtered(from, from.types, ({ value }) =>
      Boolean((value as Extensible).extension?.some((extension) => extension?.url === node.url)),
    ),
  'where-target': (from, node) =>
    filtered(
      from,
      from.types.filter((type) => type === 'Reference'),
      ({ value }) => targetType(value) === node.type,
    ),
  'where-equals': (from, node, model) =>
    step(from, node.name, model) &&
    filtered(from, from.types, ({ value }) => (value as Record<string, unknown>)[node.name] === node.literal),
  compare: (from, node) => ({
    types: ['boolean'],
    values: (focus) => compare(from.values(focus), node.equal, node.literal),
  }),
}

type Extensible = Readonly<{ url?: string; extension?: readonly ({ url?: string } | null)[] }>

const step = (from: CompiledPath, name: string, model: TypeModel): CompiledPath | undefined => {
  const byType = new Map(from.types.map((type) => [type, model(type, name)]))
  const types = [...new Set([...byType.values()].flatMap((properties) => properties.map((property) => property.type)))]
  if (types.length === 0) return undefined
  const values = (focus: Found): readonly Found[] => {
    const inputs = from.values(focus)
    if (inputs.length === 0) return NOTHING
    const found: Found[] = []
    for (const input of inputs) {
      for (const { property, type } of byType.get(input.type) ?? []) {
        const value = (input.value as Record<string, unknown>)[property]
        if (value === undefined || value === null) continue
        if (!Array.isArray(value)) found.push({ value, type })
        else for (const item of value) if (item !== null) found.push({ value: item, type })
      }
    }
    return found
  }
  return { types, values }
}

/** FHIRPath `and`: false wins, then the unknown (http://hl7.org/fhirpath/N1/#boolean-logic). */
const conjunction = (left: readonly Found[], right: readonly Found[]): readonly Found[] => {
  if (left[0]?.value === false || right[0]?.value === false) return FALSE
  return left.length === 0 || right.length === 0 ? NOTHING : TRUE
}

const compare = (values: readonly Found[], equal: boolean, literal: Literal): readonly Found[] =>
  values.length === 0 ? NOTHING : (values.length === 1 && values[0]?.value === literal) === equal ? TRUE : FALSE

/** The resource type that a Reference names, by its literal reference or its `type`; undefined where it cannot be told. */
const targetType = (reference: unknown): string | undefined => {
  const { reference: literal, type } = reference as { reference?: string; type?: string }
  if (type !== undefined) return type
  const relative =
    literal?.startsWith('http') === true
      ? literal
          .split('/')
          .slice(literal.includes('/_history/') ? -4 : -2)
          .join('/')
      : literal
  return parseReference(relative)?.type
}
