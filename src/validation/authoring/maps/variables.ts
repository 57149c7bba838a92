/** The variables of a StructureMap, as far as it can be told from the types of R4 what they stand for (http://hl7.org/fhir/R4/mapping-language.html). */
import type { StructureMap, StructureMapGroup } from 'fhir/r4.js'
import { R4_MODEL } from '../../../definitions/path-model.ts'
import { childOrSelf } from '../../children.ts'
import type { Finding } from '../../findings/finding.ts'
import { findingAt, type Run, type Spot } from '../../spot.ts'

export type Mode = 'source' | 'target'

/** Names of types, or paths of backbone elements; undefined where that cannot be told. */
export type Types = readonly string[] | undefined

export type Variable = Readonly<{ mode: Mode; types: Types }>

/** A map that is being looked at. */
export type Mapping = Readonly<{ map: StructureMap; groups: ReadonlyMap<string, StructureMapGroup>; run: Run }>

export const reportAt = (at: Spot, name: string, key: string, text: string, more: Partial<Finding>, run: Run): void =>
  run.report(findingAt(childOrSelf(at, name), key, 'invalid', text, more))

export type Variables = ReadonlyMap<string, Variable>

const CORE = 'http://hl7.org/fhir/StructureDefinition/'

const isOfR4 = (type: string): boolean => R4_MODEL.properties(type, 'id').length > 0

/** What stands for any element, or any resource, says nothing of those below it. */
const ANYTHING: ReadonlySet<string> = new Set(['Resource', 'DomainResource', 'Element', 'BackboneElement', 'Extension'])

/** The types of what stands below; undefined where that cannot be told, none where there is no such element. */
export const typesBelow = (types: Types, name: string): Types => {
  if (types === undefined || types.some((type) => ANYTHING.has(type) || !isOfR4(type))) return undefined
  return types.flatMap((type) => R4_MODEL.properties(type, name).map((property) => property.type))
}

/** Those among some types that are, or may be, of another. */
export const ofType = (types: Types, type: string): Types =>
  types?.filter(
    (one) =>
      one === type || R4_MODEL.lineage(type).includes(one) || R4_MODEL.lineage(one).includes(type) || ANYTHING.has(one),
  )

/** Whether a map can know a type: by an alias of its own, or as one of R4. What is loaded from elsewhere may have any name. */
export const typeOf = (name: string, { structure = [] }: StructureMap, run: Run): Types | 'unknown' => {
  const declared = structure.find(({ alias }) => alias === name)
  const address = declared?.url ?? name
  const core = address.startsWith(CORE) ? address.slice(CORE.length) : address
  if (isOfR4(core)) return [core]
  const isElsewhere =
    declared !== undefined ||
    name.includes(':') ||
    structure.some(({ url, alias }) => alias === undefined && !isOfR4(url.slice(CORE.length)))
  if (isElsewhere) {
    const found = run.definitions.structure(address)?.type
    return found === undefined || !isOfR4(found) ? undefined : [found]
  }
  return run.definitions.structure(CORE + name) === undefined ? 'unknown' : undefined
}
