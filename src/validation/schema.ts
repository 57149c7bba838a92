import type { AnySchemaObject } from 'ajv'
import {
  type Element,
  type ElementType,
  elementsOf,
  isAttribute,
  isPrimitive,
  isResourceType,
  type Property,
  propertiesOf,
} from '../definitions/tables.ts'
import { FORMATS, WHOLE_NUMBERS } from './formats.ts'

/** What the keyword `shape` checks of an object as a whole. */
export type Shape = Readonly<{
  /** Elements that must be there, each by one of these properties (a primitive may be there by its extension only). */
  required: readonly Readonly<{ name: string; properties: readonly string[] }>[]
  /** The properties of which one at most may be there, each with the name of its element. */
  choices: ReadonlyMap<string, string>
  /** Repeating primitives: null is allowed where an extension stands in its place. */
  lists: ReadonlySet<string>
  /** Properties that hold the id and extensions of a primitive, e.g. `_status`. */
  companions: ReadonlySet<string>
  isResource: boolean
}>

/** A custom keyword of `keywords.ts` and its argument. */
export type FhirSchema = AnySchemaObject

const repeats = (element: Element): boolean => element.max !== undefined && element.max !== '1'

const isPrimitiveType = (type: ElementType): boolean => isPrimitive(type.code) && type.code !== 'xhtml'

/** A primitive has an id and extensions beside it, unless it is an attribute in XML. */
const isExtensible = (path: string, { property, type }: Property): boolean =>
  isPrimitiveType(type) && !isAttribute(path, property)

const valueSchema = ({ element, type }: Property): FhirSchema => {
  if (type.code === 'Resource') return { resource: element.name === 'contained' ? 'contained' : 'entry' }
  if (type.code === 'xhtml') return { type: 'string', narrative: true }
  if (!isPrimitive(type.code)) {
    const path = type.profile ?? type.code
    return type.targets === undefined ? { complex: path } : { complex: path, targets: type.targets }
  }
  if (type.code === 'boolean') return { type: 'boolean' }
  if (type.code === 'decimal') return { type: 'number' }
  const range = WHOLE_NUMBERS[type.code]
  if (range !== undefined) return { type: 'integer', ...range }
  if (FORMATS[type.code] === undefined) throw new Error(`No format for the primitive ${type.code}`)
  return element.codes === undefined ? { type: 'string', format: type.code } : { type: 'string', codes: element.codes }
}

const nullable = (schema: FhirSchema): FhirSchema => ({ ...schema, nullable: true })

const propertySchema = (property: Property): FhirSchema => {
  const { element, type } = property
  const value = valueSchema(property)
  if (!repeats(element)) return value
  const most = element.max === '*' ? {} : { maxItems: Number(element.max) }
  return { type: 'array', minItems: 1, ...most, items: isPrimitiveType(type) ? nullable(value) : value }
}

const companionSchema = ({ element }: Property): FhirSchema =>
  repeats(element) ? { type: 'array', minItems: 1, items: { companion: 'item' } } : { companion: 'single' }

/** The schema of a type or backbone element; other types in it are named by the keyword `complex` and compiled when first met. */
export const schemaOf = (path: string): FhirSchema => {
  const isResource = isResourceType(path)
  const properties: Record<string, FhirSchema> = isResource ? { resourceType: { const: path } } : {}
  const all = [...propertiesOf(path).values()]
  for (const property of all) {
    properties[property.property] = propertySchema(property)
    if (isExtensible(path, property)) properties[`_${property.property}`] = companionSchema(property)
  }
  const namesOf = (element: Element): string[] =>
    all
      .filter((property) => property.element === element)
      .flatMap((property) =>
        isExtensible(path, property) ? [property.property, `_${property.property}`] : [property.property],
      )
  const elements = elementsOf(path)
  const shape: Shape = {
    required: elements
      .filter((element) => (element.min ?? 0) > 0)
      .map((element) => ({ name: element.name, properties: namesOf(element) })),
    choices: new Map(
      elements
        .filter((element) => element.choice === true && element.types.length > 1)
        .flatMap((element) => namesOf(element).map((property) => [property, element.name] as const)),
    ),
    lists: new Set(
      all
        .filter((property) => repeats(property.element) && isPrimitiveType(property.type))
        .map((property) => property.property),
    ),
    companions: new Set(
      all.filter((property) => isExtensible(path, property)).map((property) => `_${property.property}`),
    ),
    isResource,
  }
  return { type: 'object', properties, additionalProperties: false, shape, invariants: path }
}
