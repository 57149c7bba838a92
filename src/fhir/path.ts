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
  values: (resource: object) => readonly Found[]
}>

type Run = (root: Found) => readonly Found[]
type Compiled = Readonly<{ types: readonly string[]; run: Run }>

const NOTHING: readonly Found[] = []
const TRUE: readonly Found[] = [{ value: true, type: 'boolean' }]
const FALSE: readonly Found[] = [{ value: false, type: 'boolean' }]

/**
 * Compiles an expression for resources of one type.
 *
 * @param lineage the resource type and what it inherits from: names that an expression may begin with
 * @returns undefined where the expression is outside the subset (see `path-syntax.ts`) or names an unknown element
 */
export const compilePath = (
  expression: string,
  lineage: readonly string[],
  model: TypeModel,
): CompiledPath | undefined => {
  const tree = parsePath(expression)
  const compiled = tree === undefined ? undefined : compile(tree, lineage, model)
  if (compiled === undefined) return undefined
  const type = lineage[0] as string
  return { types: compiled.types, values: (resource) => compiled.run({ value: resource, type }) }
}

const compile = (node: PathNode, lineage: readonly string[], model: TypeModel): Compiled | undefined => {
  if (node.kind === 'name') {
    return lineage.includes(node.name) ? { types: [lineage[0] as string], run: (root) => [root] } : undefined
  }
  if (node.kind === 'union') {
    const branches = node.branches.map((branch) => compile(branch, lineage, model))
    if (!branches.every((branch) => branch !== undefined)) return undefined
    return {
      types: [...new Set(branches.flatMap((branch) => branch.types))],
      run: (root) => branches.flatMap((branch) => branch.run(root)),
    }
  }
  if (node.kind === 'and') {
    const left = compile(node.left, lineage, model)
    const right = compile(node.right, lineage, model)
    return left === undefined || right === undefined
      ? undefined
      : { types: ['boolean'], run: (root) => conjunction(left.run(root), right.run(root)) }
  }
  const from = compile(node.from, lineage, model)
  return from === undefined ? undefined : COMPILERS[node.kind](from, node as never, model)
}

type StepCompilers = {
  [Kind in Exclude<PathNode['kind'], 'name' | 'union' | 'and'>]: (
    from: Compiled,
    node: Extract<PathNode, { kind: Kind }>,
    model: TypeModel,
  ) => Compiled | undefined
}

const COMPILERS: StepCompilers = {
  step: (from, node, model) => step(from, node.name, model),
  index: (from, node) => ({ types: from.types, run: (root) => from.run(root).slice(node.index, node.index + 1) }),
  as: (from, node) =>
    from.types.includes(node.type)
      ? { types: [node.type], run: (root) => from.run(root).filter((found) => found.type === node.type) }
      : undefined,
  exists: (from) => ({ types: ['boolean'], run: (root) => (from.run(root).length > 0 ? TRUE : FALSE) }),
  'where-target': (from, node) =>
    from.types.includes('Reference')
      ? { types: ['Reference'], run: (root) => from.run(root).filter((found) => targetType(found.value) === node.type) }
      : undefined,
  'where-equals': (from, node, model) =>
    step(from, node.name, model) === undefined
      ? undefined
      : {
          types: from.types,
          run: (root) =>
            from.run(root).filter((found) => (found.value as Record<string, unknown>)[node.name] === node.literal),
        },
  compare: (from, node) => ({ types: ['boolean'], run: (root) => compare(from.run(root), node.equal, node.literal) }),
}

const step = (from: Compiled, name: string, model: TypeModel): Compiled | undefined => {
  const byType = new Map(from.types.map((type) => [type, model(type, name)]))
  const types = [...new Set([...byType.values()].flatMap((properties) => properties.map((property) => property.type)))]
  if (types.length === 0) return undefined
  const run: Run = (root) => {
    const inputs = from.run(root)
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
  return { types, run }
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
