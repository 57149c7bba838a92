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

export type FoundObject = Readonly<{
  /** FHIRPath of the object, e.g. `CarePlan.goal[0]`. */
  expression: string
  /** Last property name on the way to it, indices left out, e.g. `goal`. */
  element: string
  object: Readonly<Record<string, unknown>>
}>

/** The objects in a resource that `isWanted` accepts, at most so many, with where each stands. Contained resources are looked into as well. */
export const findObjects = (
  resource: Resource,
  isWanted: (object: FoundObject['object']) => boolean,
  most = Number.POSITIVE_INFINITY,
): FoundObject[] => {
  const found: FoundObject[] = []
  // Most of what is visited is not wanted, so the way to it is written out only for what is.
  const way: (string | number)[] = []
  const visit = (value: object): void => {
    if (found.length >= most) return
    if (Array.isArray(value)) {
      for (let index = 0; index < value.length; index++) {
        const item: unknown = value[index]
        if (typeof item === 'object' && item !== null) visitChild(index, item)
      }
      return
    }
    const object = value as FoundObject['object']
    if (isWanted(object)) found.push(foundAt(resource.resourceType, way, object))
    for (const name in object) {
      const child = object[name]
      if (typeof child === 'object' && child !== null) visitChild(name, child)
    }
  }
  const visitChild = (step: string | number, child: object): void => {
    way.push(step)
    visit(child)
    way.pop()
  }
  visit(resource)
  return found
}

const foundAt = (root: string, way: readonly (string | number)[], object: FoundObject['object']): FoundObject => {
  let expression = root
  let element = root
  for (const step of way) {
    if (typeof step === 'number') expression += `[${step}]`
    else {
      expression += `.${step}`
      element = step
    }
  }
  return { expression, element, object }
}

export type FoundReference = Omit<FoundObject, 'object'> & Readonly<{ reference: Reference }>

/** Every Reference that has a literal `reference`, with where it stands. Contained resources are looked into as well. */
export const findReferences = (resource: Resource): FoundReference[] =>
  findObjects(resource, ({ reference }) => typeof reference === 'string').map(({ expression, element, object }) => ({
    expression,
    element,
    reference: object as Reference,
  }))

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
