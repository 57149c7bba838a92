import type { ElementDefinition, StructureDefinition } from 'fhir/r4.js'
import { childrenNamed } from '../../children.ts'
import type { Run, Spot } from '../../spot.ts'

const CORE = 'http://hl7.org/fhir/StructureDefinition/'
/** What the addresses of the types of FHIRPath itself begin with. */
export const FHIRPATH = 'http://hl7.org/fhirpath/'

/** What the rules about a StructureDefinition are asked of. */
export type Definition = Readonly<{
  spot: Spot
  structure: StructureDefinition
  run: Run
  /** Its elements as the author wrote them: those of the differential, or of a snapshot that stands alone. */
  said: readonly Spot[]
  /** With a snapshot made of the differential and what it builds on; undefined where there is nothing to make, or it cannot be made. */
  whole: StructureDefinition | undefined
  /** The names of the types that an element may have: its own, else those that its base leaves it; none where that cannot be told. */
  typesAt(definition: ElementDefinition): readonly string[]
  /** The element that one of a profile narrows, in what it builds on or in a datatype there; undefined where there is none. */
  baseOf(definition: ElementDefinition): ElementDefinition | undefined
  /** The element as the type itself has it that is profiled; undefined where that is not known. */
  ofType(path: string): ElementDefinition | undefined
}>

export type DefinitionRule = (definition: Definition) => void

export const definitionAt = ({ value }: Spot): ElementDefinition => value as ElementDefinition

/** The elements of a StructureDefinition under `differential` or `snapshot`. */
export const elementsUnder = (spot: Spot, view: 'differential' | 'snapshot'): readonly Spot[] =>
  childrenNamed(spot, view).flatMap((found) => childrenNamed(found, 'element'))

export const addressOfType = (code: string): string => (/^[a-z]+:/i.test(code) ? code : CORE + code)

/** A path or an id of elements, without the slices that it goes through. */
export const withoutSlices = (id: string): string => id.replace(/:[^.]*/g, '')

/** What stands at an id in a structure, or in the datatype of one of its elements, and so on down. */
const elementsIn = (root: StructureDefinition, run: Run): ((id: string) => ElementDefinition | undefined) => {
  const byId = new Map((root.snapshot?.element ?? []).map((element) => [element.id, element]))
  const below = ({ type = [] }: ElementDefinition, name: string): ElementDefinition | undefined => {
    const [only, ...others] = type
    const inside =
      only === undefined || others.length > 0 ? undefined : run.definitions.structure(addressOfType(only.code))
    return inside?.snapshot?.element.find(({ id }) => id === `${inside.type}.${name}`)
  }
  return (id) => {
    const there = byId.get(id)
    if (there !== undefined) return there
    const [first = '', ...names] = id.split('.')
    let at = byId.get(first)
    let known = first
    for (const name of names) {
      if (at === undefined) return undefined
      known = `${known}.${name}`
      at = byId.get(known) ?? below(at, name)
    }
    return at
  }
}

/** Reads what the rules need; `whole` comes with it. */
export const definitionOf = (spot: Spot, run: Run, whole: StructureDefinition | undefined): Definition => {
  const structure = spot.value as StructureDefinition
  const differential = elementsUnder(spot, 'differential')
  const types = new Map((whole?.snapshot?.element ?? []).map(({ id, type = [] }) => [id, type.map(({ code }) => code)]))
  const isConstraint = structure.derivation === 'constraint'
  const base = isConstraint ? run.definitions.structure(structure.baseDefinition ?? '') : undefined
  const at = base === undefined ? () => undefined : elementsIn(base, run)
  const type = isConstraint ? run.definitions.structure(addressOfType(structure.type)) : undefined
  return {
    spot,
    structure,
    run,
    said: differential.length > 0 ? differential : elementsUnder(spot, 'snapshot'),
    whole,
    typesAt: ({ id, type }) => type?.map(({ code }) => code) ?? types.get(id) ?? [],
    baseOf: ({ id, path }) => at(id ?? path) ?? at(withoutSlices(id ?? path)),
    ofType: type === undefined ? () => undefined : elementsIn(type, run),
  }
}
