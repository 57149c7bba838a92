import type {
  CodeSystem,
  FhirResource,
  ImplementationGuideGlobal,
  Measure,
  Questionnaire,
  StructureDefinition,
  ValueSet,
} from 'fhir/r4.js'

/**
 * What a validator knows: FHIR's definitions by canonical address, with or without `|version`. Frozen once made; what is not known is
 * undefined, and an address with another version than the one that is there is not known.
 */
export type Definitions = Readonly<{
  /** Always with a snapshot. */
  structure(canonical: string): StructureDefinition | undefined
  valueSet(canonical: string): ValueSet | undefined
  codeSystem(canonical: string): CodeSystem | undefined
  questionnaire(canonical: string): Questionnaire | undefined
  /** Only where packages or calls bring some: R4 has none. */
  measure?(canonical: string): Measure | undefined
  /** The profiles that guides demand of every resource of a type (`ImplementationGuide.global`). */
  globalProfiles?(type: string): readonly string[]
}>

/** These definitions one after another: the first that knows an address answers. */
export const layered = (...layers: readonly Definitions[]): Definitions => {
  const first = <T>(look: (layer: Definitions) => T | undefined): T | undefined => {
    for (const layer of layers) {
      const found = look(layer)
      if (found !== undefined) return found
    }
    return undefined
  }
  return Object.freeze({
    structure: (canonical: string) => first((layer) => layer.structure(canonical)),
    valueSet: (canonical: string) => first((layer) => layer.valueSet(canonical)),
    codeSystem: (canonical: string) => first((layer) => layer.codeSystem(canonical)),
    questionnaire: (canonical: string) => first((layer) => layer.questionnaire(canonical)),
    measure: (canonical: string) => first((layer) => layer.measure?.(canonical)),
    globalProfiles: (type: string) => layers.flatMap((layer) => layer.globalProfiles?.(type) ?? []),
  })
}

/** The same definitions, those that are known each looked up once. What is not known is not kept: anybody may ask for anything. */
export const keeping = (definitions: Definitions): Definitions => {
  const kept = <T extends object>(
    look: (canonical: string) => T | undefined,
  ): ((canonical: string) => T | undefined) => {
    const known = new Map<string, T>()
    return (canonical) => {
      const before = known.get(canonical)
      if (before !== undefined) return before
      const found = look(canonical)
      if (found !== undefined) known.set(canonical, found)
      return found
    }
  }
  return Object.freeze({
    ...definitions,
    structure: kept(definitions.structure),
    valueSet: kept(definitions.valueSet),
    codeSystem: kept(definitions.codeSystem),
  })
}

export type Canonical = StructureDefinition | ValueSet | CodeSystem | Questionnaire

const CANONICAL: ReadonlySet<string> = new Set(['StructureDefinition', 'ValueSet', 'CodeSystem', 'Questionnaire'])

/** True for a resource of the types that a validator knows definitions by. */
export const isCanonical = (resource: Readonly<{ resourceType: string }>): resource is Canonical =>
  CANONICAL.has(resource.resourceType)

/** The version, and what is left of it without the last of three numbers: by `1.2` any of `1.2.x` is meant. */
const versionsOf = ({ version = '' }: Canonical | Measure): readonly string[] => {
  const line = /^(\d+\.\d+)\.\d+$/.exec(version)?.[1]
  return line === undefined ? [version] : [version, line]
}

/**
 * Definitions that are at hand as resources, and those that they contain, by `#` and their ids behind the address; those of other types are passed
 * over. Of two with one address and version the later one counts; without a version, the later one.
 */
export const definitionsOf = (resources: Iterable<FhirResource>): Definitions => {
  const known = new Map<string, Canonical | Measure>()
  const globals: ImplementationGuideGlobal[] = []
  for (const resource of resources) {
    if (resource.resourceType === 'ImplementationGuide') globals.push(...(resource.global ?? []))
    if ((!isCanonical(resource) && resource.resourceType !== 'Measure') || resource.url === undefined) continue
    known.set(`${resource.resourceType} ${resource.url}`, resource)
    for (const inner of resource.contained ?? [])
      if (isCanonical(inner)) known.set(`${inner.resourceType} ${resource.url}#${inner.id}`, inner)
    for (const version of versionsOf(resource))
      known.set(`${resource.resourceType} ${resource.url}|${version}`, resource)
  }
  const look =
    <T extends Canonical | Measure>(type: T['resourceType']) =>
    (canonical: string): T | undefined =>
      known.get(`${type} ${canonical}`) as T | undefined
  return Object.freeze({
    structure: look<StructureDefinition>('StructureDefinition'),
    valueSet: look<ValueSet>('ValueSet'),
    codeSystem: look<CodeSystem>('CodeSystem'),
    questionnaire: look<Questionnaire>('Questionnaire'),
    measure: look<Measure>('Measure'),
    globalProfiles: (wanted: string) => globals.filter(({ type }) => type === wanted).map(({ profile }) => profile),
  })
}
