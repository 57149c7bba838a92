import type { CodeSystem, ConceptMap, FhirResource } from 'fhir/r4.js'

/** A code as it is used somewhere: in a binding, a fixed value, an answer option, a table of the program. */
export type Used = Readonly<{ system: string; code: string; display: string | undefined; where: string }>

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const used = (value: Record<string, unknown>, system: unknown, where: string): Used[] =>
  typeof system === 'string' && typeof value['code'] === 'string'
    ? [{ system, code: value['code'], display: value['display'] as string | undefined, where }]
    : []

/** Every coding (an object with system and code) in a value, and every concept that a value set names under its system. */
export const codingsIn = (value: unknown, where: string): Used[] => {
  if (!isRecord(value)) return []
  const named = Array.isArray(value['concept'])
    ? value['concept'].filter(isRecord).flatMap((concept) => used(concept, value['system'], where))
    : []
  const inside = Object.entries(value).flatMap(([name, child]) => codingsIn(child, `${where}.${name}`))
  return [...used(value, value['system'], where), ...named, ...inside]
}

/** The codes that a code system of the package defines. */
export const definedBy = (systems: readonly CodeSystem[]): Used[] =>
  systems.flatMap((system) =>
    (system.concept ?? []).map(({ code, display }) => ({
      system: system.url as string,
      code,
      display,
      where: `CodeSystem/${system.id}`,
    })),
  )

/** All codings in the resources of the package. */
export const codingsOf = (resources: readonly FhirResource[]): Used[] =>
  resources.flatMap((resource) => codingsIn(resource, `${resource.resourceType}/${resource.id}`))

/** The codes that maps lead from and to; elements of profiles are none. */
export const mappedIn = (maps: readonly ConceptMap[]): Used[] =>
  maps.flatMap(({ id, group = [] }) =>
    group.flatMap(({ source = '', target = '', element }) =>
      element.flatMap(({ code, display, target: targets = [] }) => [
        { system: source, code: code ?? '', display, where: `ConceptMap/${id}` },
        ...(target.includes('/StructureDefinition/') ? [] : targets).flatMap((one) =>
          one.code === undefined
            ? []
            : [{ system: target, code: one.code, display: one.display, where: `ConceptMap/${id}` }],
        ),
      ]),
    ),
  )
