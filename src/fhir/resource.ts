import type { FhirResource, Reference, Resource } from 'fhir/r4.js'
import { copyDecimalTexts } from './decimal.ts'

export type { FhirResource, Resource }

/** `Type/id` of a stored resource. */
export type ResourceKey = `${string}/${string}`

export const resourceKey = (resource: { resourceType: string; id?: string | undefined }): ResourceKey =>
  `${resource.resourceType}/${resource.id ?? ''}`

/** Format of a FHIR id (http://hl7.org/fhir/R4/datatypes.html#id). */
export const isId = (text: string): boolean => /^[A-Za-z0-9\-.]{1,64}$/.test(text)

/** The type and id that a relative literal reference names, its version cut off; undefined for every other reference. */
export const parseReference = (
  reference: string | undefined,
): { type: string; id: string; key: ResourceKey } | undefined => {
  const match =
    reference === undefined
      ? null
      : /^([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/.exec(reference)
  return match === null
    ? undefined
    : { type: match[1] as string, id: match[2] as string, key: `${match[1]}/${match[2]}` }
}

export type FoundReference = Readonly<{
  /** FHIRPath of the Reference element, e.g. `CarePlan.goal[0]`. */
  expression: string
  /** Last property name on the way to it, indices left out, e.g. `goal`. */
  element: string
  reference: Reference
}>

/** Every Reference that has a literal `reference`, with where it stands. Contained resources are looked into as well. */
export const findReferences = (resource: Resource): FoundReference[] => {
  const found: FoundReference[] = []
  const visit = (value: unknown, expression: string, element: string): void => {
    if (Array.isArray(value)) {
      value.forEach((item, index) => {
        visit(item, `${expression}[${index}]`, element)
      })
      return
    }
    if (typeof value !== 'object' || value === null) return
    const record = value as Record<string, unknown>
    if (typeof record['reference'] === 'string') found.push({ expression, element, reference: record as Reference })
    for (const [name, child] of Object.entries(record)) {
      if (typeof child === 'object' && child !== null) visit(child, `${expression}.${name}`, name)
    }
  }
  visit(resource, resource.resourceType, resource.resourceType)
  return found
}

/** A deep copy in which each literal reference has been replaced by what `rename` says of it. */
export const mapReferences = <R extends Resource>(resource: R, rename: (reference: string) => string): R => {
  const copy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(copy)
    if (typeof value !== 'object' || value === null) return value
    const result: Record<string, unknown> = {}
    copyDecimalTexts(value, result)
    for (const [name, child] of Object.entries(value)) {
      result[name] = name === 'reference' && typeof child === 'string' ? rename(child) : copy(child)
    }
    copyDecimalTexts(value, result)
    return result
  }
  return copy(resource) as R
}
