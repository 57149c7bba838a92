import type { StructureDefinition } from 'fhir/r4.js'
import type { EngineCheck, Profile } from '../engine.ts'
import { constraintsOf } from '../invariants/constraints.ts'
import { allOf } from './all-of.ts'
import { codedCheck } from './coded.ts'
import { holdToOneOf } from './conformance.ts'
import { childrenCheck } from './element.ts'
import { canonicalOf, type Library } from './library.ts'
import type { ElementNode } from './tree.ts'
import { valueCheck } from './value-check.ts'

const nothing: EngineCheck = () => {}

const IMPOSED = 'http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile'

/** What conforms to a profile conforms to those that it imposes. */
const imposedCheck = (structure: StructureDefinition): EngineCheck | undefined =>
  allOf(
    (structure.extension ?? []).map(({ url, valueCanonical: imposed }): EngineCheck | undefined =>
      url === IMPOSED && imposed !== undefined
        ? (spot, engine) => holdToOneOf(spot, [imposed], engine, canonicalOf(structure))
        : undefined,
    ),
  )

const rootCheck = (library: Library, tree: ElementNode): EngineCheck | undefined =>
  allOf([
    valueCheck(tree.definition, canonicalOf(tree.structure)),
    constraintsOf(tree.definition, tree.structure),
    childrenCheck(library, tree, [tree.structure.type]),
    codedCheck(tree.structure.url),
    imposedCheck(tree.structure),
  ])

const profileOf = (library: Library, tree: ElementNode): Profile => {
  const { structure } = tree
  const isType = structure.derivation !== 'constraint'
  // Compiled when it is first needed: profiles name each other.
  let check: EngineCheck | undefined
  return {
    canonical: canonicalOf(structure),
    type: structure.type,
    isType,
    size: structure.snapshot?.element.length ?? 0,
    check(spot, engine) {
      check ??= (isType ? undefined : rootCheck(library, tree)) ?? nothing
      check(spot, engine)
    },
  }
}

/** The profiles of a library by their addresses, each compiled once. */
export const profilesOf = (library: Library): ((canonical: string) => Profile | undefined) => {
  const byTree = new Map<ElementNode, Profile>()
  const byAddress = new Map<string, Profile>()
  return (canonical) => {
    const before = byAddress.get(canonical)
    if (before !== undefined) return before
    const tree = library.tree(canonical)
    if (tree === undefined) return undefined
    // One profile may be asked for with its version and without.
    const profile = byTree.get(tree) ?? profileOf(library, tree)
    byTree.set(tree, profile)
    byAddress.set(canonical, profile)
    return profile
  }
}
