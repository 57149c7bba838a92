import type {
  CodeableConcept,
  Coding,
  ElementDefinition,
  Extension,
  FhirResource,
  StructureDefinition,
} from 'fhir/r4.js'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null

/** The values of an element below a value; a choice (`value[x]`) under whatever type it has. */
const below = (value: unknown, name: string): unknown[] => {
  if (!isObject(value)) return []
  const keys = name.endsWith('[x]')
    ? Object.keys(value).filter((key) => new RegExp(`^${name.slice(0, -3)}[A-Z]`).test(key))
    : [name]
  return keys.flatMap((key) => value[key] ?? [])
}

const holds = (codings: readonly Coding[], wanted: readonly Coding[]): boolean =>
  wanted.every(({ system, code }) => codings.some((coding) => coding.system === system && coding.code === code))

/** Whether a value is of a slice: by the address of its extension, its pattern, its fixed system, or its type of resource. */
const isOfSlice = (value: unknown, slice: ElementDefinition, all: readonly ElementDefinition[]): boolean => {
  const profile = slice.type?.[0]?.profile?.[0]
  if (slice.path.endsWith('.extension')) return (value as Extension).url === profile
  if (slice.patternCodeableConcept !== undefined)
    return holds((value as CodeableConcept).coding ?? [], slice.patternCodeableConcept.coding ?? [])
  if (slice.patternCoding !== undefined) return holds([value as Coding], [slice.patternCoding])
  const part = (name: string) => all.find(({ id }) => id === `${slice.id}.${name}`)
  const code = part('code')?.patternCodeableConcept
  if (code !== undefined) return holds((value as { code?: CodeableConcept }).code?.coding ?? [], code.coding ?? [])
  const system = part('system')?.fixedUri
  if (system !== undefined) return (value as { system?: string }).system === system
  const types = part('resource')?.type?.map((type) => type.code)
  if (types !== undefined) return types.includes((value as { resource?: FhirResource }).resource?.resourceType ?? '')
  throw new Error(`${slice.id}: nothing tells of which slice a value is.`)
}

/** The values that an element of a profile has in a resource, by its id: `Patient.identifier:chi.value`. */
const valuesOf = (resource: FhirResource, id: string, all: readonly ElementDefinition[]): unknown[] => {
  const [, ...parts] = id.split('.')
  let values: unknown[] = [resource]
  let at = resource.resourceType as string
  for (const part of parts) {
    const [name = '', slice] = part.split(':')
    at += `.${part}`
    values = values.flatMap((value) => below(value, name))
    const sliced = slice === undefined ? undefined : all.find((element) => element.id === at)
    if (sliced !== undefined) values = values.filter((value) => isOfSlice(value, sliced, all))
  }
  return values
}

/**
 * Ids of the elements that a profile says must be supported and of which none of the resources has a value. Below a slice only the slice
 * itself counts: what stands below it is the same in each.
 */
export const uncovered = ({ snapshot }: StructureDefinition, resources: readonly FhirResource[]): string[] => {
  const all = snapshot?.element ?? []
  const isBelowSlice = (id: string): boolean => /:[^.]+\./.test(id)
  return all
    .filter(({ id = '', mustSupport }) => mustSupport === true && !isBelowSlice(id))
    .map(({ id }) => id as string)
    .filter((id) => !resources.some((resource) => valuesOf(resource, id, all).length > 0))
}
