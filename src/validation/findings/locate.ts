import { isConcreteType, isPrimitive, type Property, propertiesOf } from '../../definitions/tables.ts'

/** Where an error is: in FHIRPath, with what stands there and what the tables say about it. */
export type Place = Readonly<{
  /** E.g. `CarePlan.identifier[0].value`: element names and indices only (http://hl7.org/fhir/R4/operationoutcome-definitions.html). */
  expression: string
  data: unknown
  /** The table that describes what stands here, where it is an object. */
  path: string | undefined
  /** The table that names what stands here: that of the object around it, or of the resource itself. */
  owner: string
  /** The same of the element around it. */
  around: string
  /** What the table of the object around it says; undefined for the resource itself. */
  property: Property | undefined
}>

const plain = (segment: string): string => segment.replaceAll('~1', '/').replaceAll('~0', '~')

const pathOf = (property: Property, data: unknown): string | undefined => {
  const { code, profile } = property.type
  if (code !== 'Resource') return isPrimitive(code) ? undefined : (profile ?? code)
  const type = (data as { resourceType?: unknown } | null)?.resourceType
  return typeof type === 'string' && isConcreteType(type) ? type : undefined
}

/** Follows a JSON pointer that a validator reported from the resource on. */
export const locate = (resource: { resourceType: string }, pointer: string): Place => {
  let place: Place = {
    expression: resource.resourceType,
    data: resource,
    path: resource.resourceType,
    owner: resource.resourceType,
    around: resource.resourceType,
    property: undefined,
  }
  for (const segment of pointer.split('/').slice(1).map(plain)) place = below(place, segment)
  return place
}

const below = ({ expression, data, path, owner, around, property }: Place, segment: string): Place => {
  const child = typeof data === 'object' && data !== null ? (data as Record<string, unknown>)[segment] : undefined
  if (Array.isArray(data)) {
    const isCompanion = path === 'Element'
    const inside = property === undefined || isCompanion ? path : pathOf(property, child)
    return { expression: `${expression}[${segment}]`, data: child, path: inside, owner, around, property }
  }
  const properties = path === undefined ? undefined : propertiesOf(path)
  const companionOf = segment.startsWith('_') ? properties?.get(segment.slice(1)) : undefined
  const found = companionOf ?? properties?.get(segment)
  return {
    expression: `${expression}.${found?.element.name ?? segment}`,
    data: child,
    path: companionOf !== undefined ? 'Element' : found === undefined ? undefined : pathOf(found, child),
    owner: path ?? owner,
    around: owner,
    property: found,
  }
}
