import type { ElementDefinition } from 'fhir/r4.js'
import { propertiesNamed } from '../children.ts'
import { bindingCheck } from '../codes/bindings.ts'
import { furtherBindings } from '../codes/further-bindings.ts'
import type { ElementCheck, EngineCheck } from '../engine.ts'
import { constraintsOf } from '../invariants/constraints.ts'
import { findingAt, type Spot } from '../spot.ts'
import { allOf } from './all-of.ts'
import { checkBelow } from './below.ts'
import { holdToOneOf, isOfType } from './conformance.ts'
import { canonicalOf, type Library } from './library.ts'
import { referenceCheck } from './reference.ts'
import { slicingCheck } from './slicing.ts'
import type { ElementNode } from './tree.ts'
import { valueCheck } from './value-check.ts'

const FHIRPATH_TYPE = 'http://hl7.org/fhirpath/'

/** The types that an element may have by its definition, as names of types or paths of backbone elements. */
const typesOf = ({ definition, name }: ElementNode, parents: readonly string[]): readonly string[] => {
  const possible = [...new Set(parents.flatMap((parent) => propertiesNamed(parent, name).map(({ type }) => type.code)))]
  const codes = (definition.type ?? []).map(({ code }) => code)
  if (codes.length === 0) return possible
  if (possible.includes('Resource')) return codes
  // What is a backbone element, or a value of FHIRPath's own types, is named otherwise in the definition.
  return possible.filter(
    (type) => codes.includes(type) || type.includes('.') || codes.some((code) => code.startsWith(FHIRPATH_TYPE)),
  )
}

const isNarrower = (node: ElementNode, types: readonly string[], parents: readonly string[]): boolean => {
  const possible = parents.flatMap((parent) => propertiesNamed(parent, node.name))
  if (possible.some(({ type }) => type.code === 'Resource')) return !types.includes('Resource')
  return types.length < possible.length
}

const countOf = (max: string | undefined): number =>
  max === undefined || max === '*' ? Number.POSITIVE_INFINITY : Number(max)

const named = ({ definition, sliceName }: ElementNode): string =>
  sliceName === undefined ? definition.path : `the slice ${sliceName} of ${definition.path}`

/** How often an element must and may be there, as far as it is told so by more than R4 itself. */
const cardinalityCheck = (node: ElementNode, base: ElementDefinition | undefined): ElementCheck | undefined => {
  const isSlice = node.sliceName !== undefined
  const { min = 0, max } = node.definition
  const least = isSlice || min > (base?.min ?? 0) ? min : 0
  const most = isSlice || countOf(max) < countOf(base?.max) ? countOf(max) : Number.POSITIVE_INFINITY
  if (least === 0 && most === Number.POSITIVE_INFINITY) return undefined
  const profile = canonicalOf(node.structure)
  const what = named(node)
  const expected = `${least} to ${most === Number.POSITIVE_INFINITY ? '*' : most}`
  const check: ElementCheck['check'] = (items, parent, engine) => {
    if (items.length < least) {
      engine.report(
        findingAt(
          parent,
          isSlice ? 'slice-required' : 'required-element',
          'required',
          `${items.length === 0 ? '' : `There are ${items.length} of ${what}, and `}${items.length === 0 ? what : 'it'} must be there ${least === 1 ? 'once' : `${least} times`} at least.`.replace(
            /^t/,
            'T',
          ),
          {
            ...(isSlice ? {} : { expression: `${findingAt(parent, '', 'required', '').expression}.${node.name}` }),
            profile,
            value: String(items.length),
            expected,
            hint: isSlice ? `Add an item that is ${sliceHint(node)}.` : `Add ${node.name}.`,
          },
        ),
      )
    }
    if (items.length > most) {
      engine.report(
        findingAt(
          items[most] as Spot,
          isSlice ? 'slice-too-many' : 'wrong-cardinality',
          'structure',
          most === 0
            ? `${what.replace(/^t/, 'T')} must not be there.`
            : `${what.replace(/^t/, 'T')} may be there at most ${most === 1 ? 'once' : `${most} times`}; there are ${items.length}.`,
          {
            profile,
            value: String(items.length),
            expected,
            hint: most === 0 ? 'Leave it out.' : 'Leave out those that are too many.',
          },
        ),
      )
    }
  }
  return { check, asksAbsent: least > 0 }
}

const sliceHint = ({ sliceName, definition }: ElementNode): string =>
  definition.short === undefined ? `"${sliceName}"` : `"${sliceName}" (${definition.short})`

const typeCheck = (
  node: ElementNode,
  types: readonly string[],
  parents: readonly string[],
): EngineCheck | undefined => {
  if (!isNarrower(node, types, parents)) return undefined
  const profile = canonicalOf(node.structure)
  const expected = types.join(' or ')
  return (spot, engine) => {
    if (types.some((type) => isOfType(spot, type))) return
    engine.report(
      findingAt(
        spot,
        'type-not-allowed',
        'structure',
        `This is of type ${spot.type}; here it may be ${expected === '' ? 'of no type that there is' : expected} only.`,
        {
          profile,
          value: spot.type,
          expected,
          hint: 'Send it as one of these types, or leave it out.',
        },
      ),
    )
  }
}

const isSameBinding = ({ binding: one }: ElementDefinition, base: ElementDefinition | undefined): boolean => {
  const other = base?.binding
  if (one === undefined || other === undefined) return one === other
  return (
    one.strength === other.strength &&
    one.valueSet?.split('|')[0] === other.valueSet?.split('|')[0] &&
    JSON.stringify(furtherBindings(one)) === JSON.stringify(furtherBindings(other))
  )
}

const urlOf = ({ value }: Spot): unknown => (value as { url?: unknown } | undefined)?.url

/** What the types of an element demand besides: that it conforms to one of the profiles that they name. */
const profilesCheck = ({ definition, structure }: ElementNode): EngineCheck | undefined => {
  const byCode = new Map(
    (definition.type ?? []).flatMap(({ code, profile = [] }) => (profile.length === 0 ? [] : [[code, profile]])),
  )
  if (byCode.size === 0) return undefined
  const by = canonicalOf(structure)
  return (spot, engine) => {
    const profiles = byCode.get(spot.type) ?? byCode.get('Resource') ?? byCode.get('DomainResource')
    if (profiles === undefined) return
    // By its address an extension is held to its definition wherever it stands.
    if (spot.type === 'Extension' && profiles.some((one) => one.split('|')[0] === urlOf(spot))) return
    holdToOneOf(spot, profiles, engine, by)
  }
}

const sameTargets = ({ type = [] }: ElementDefinition, base: ElementDefinition | undefined): boolean => {
  const of = (types: ElementDefinition['type'] = []): string =>
    JSON.stringify(
      types
        .filter(({ code }) => code === 'Reference')
        .map(({ targetProfile, aggregation }) => [targetProfile, aggregation]),
    )
  return of(type) === of(base?.type)
}

/** What is checked of each item of an element; undefined where nothing is. */
const itemCheck = (
  library: Library,
  node: ElementNode,
  types: readonly string[],
  parents: readonly string[],
  base: ElementDefinition | undefined,
): EngineCheck | undefined => {
  const { definition, structure } = node
  const profile = canonicalOf(structure)
  const checks: (EngineCheck | undefined)[] = [
    typeCheck(node, types, parents),
    valueCheck(definition, profile),
    definition.binding === undefined || isSameBinding(definition, base)
      ? undefined
      : bindingCheck(definition.binding, profile),
    constraintsOf(definition, structure),
    profilesCheck(node),
    definition.type === undefined || sameTargets(definition, base)
      ? undefined
      : referenceCheck(definition.type, profile),
    childrenCheck(library, node, types),
  ]
  return allOf(checks)
}

/** The check of all that a profile says of what stands below an element of these types. */
export const childrenCheck = (
  library: Library,
  { children }: ElementNode,
  types: readonly string[],
): EngineCheck | undefined =>
  checkBelow(
    [...children.values()].flatMap((child) => {
      const element = elementCheck(library, child, types)
      return element === undefined ? [] : [{ name: child.name, element }]
    }),
  )

/** The check of an element of a profile, or of a slice of it, below an element of these types: what the profile demands beyond R4 itself. */
export const elementCheck = (
  library: Library,
  node: ElementNode,
  parents: readonly string[],
): ElementCheck | undefined => {
  const base = parents.map((parent) => library.baseElement(parent, node.name)).find((found) => found !== undefined)
  const types = typesOf(node, parents)
  const count = cardinalityCheck(node, base)
  const each = itemCheck(library, node, types, parents, base)
  const slices =
    node.slices.length === 0
      ? undefined
      : slicingCheck(
          library,
          node,
          node.slices.map((slice) => elementCheck(library, slice, parents)),
        )
  if (count === undefined && each === undefined && slices === undefined) return undefined
  return {
    check(items, parent, engine) {
      count?.check(items, parent, engine)
      if (each !== undefined) for (const item of items) each(item, engine)
      slices?.check(items, parent, engine)
    },
    asksAbsent: count?.asksAbsent === true || slices?.asksAbsent === true,
  }
}
