/**
 * What R4 says about the elements of each type, read from the compiled artefacts on first use, a file a resource type.
 * A *path* names a table: a type (`CarePlan`, `Period`) or a backbone element (`CarePlan.activity`).
 */
import { readFileSync } from 'node:fs'

export type ElementType = Readonly<{
  /** Name of a primitive or complex type, `Resource` for any resource, or the path of a backbone element. */
  code: string
  /** `SimpleQuantity` where a Quantity must not have a comparator. */
  profile?: string
  /** Resource types that a Reference may point to; undefined for any. */
  targets?: readonly string[]
}>

export type Element = Readonly<{
  /** Name without `[x]`. */
  name: string
  choice?: boolean
  min?: number
  /** `*` for any number, else a number; `1` where it is left out. */
  max?: string
  types: readonly ElementType[]
  /** Canonical URL of the value set that a code must be from; its codes: `codesOf`. */
  codes?: string
}>

/** One JSON property that an element may appear as: `valueQuantity` for the element `value`. */
export type Property = Readonly<{ property: string; element: Element; type: ElementType }>

export type SearchParameterType =
  | 'token'
  | 'reference'
  | 'string'
  | 'date'
  | 'uri'
  | 'number'
  | 'quantity'
  | 'composite'

export type SearchRow = Readonly<{
  code: string
  type: SearchParameterType
  expression: string
  targets?: readonly string[]
  /** Of a composite: what stands together, each with the canonical address of its definition. Their paths begin at what `expression` finds. */
  components?: readonly Readonly<{ type: SearchParameterType; expression: string; definition: string }>[]
  url: string
}>

type Table = Readonly<{ base?: string; elements: readonly Element[] }>
/** In the file, definitions stand by the last part of their canonical addresses, which all begin alike. */
type SearchEntry = Omit<SearchRow, 'url'> & Readonly<{ name: string }>
type ResourceFile = Readonly<{ paths: Readonly<Record<string, Table>>; search: readonly SearchEntry[] }>
type DatatypeFile = Readonly<{
  primitives: Readonly<Record<string, string | null>>
  paths: Readonly<Record<string, Table>>
}>

const ARTEFACTS = new URL('../../src/definitions/artefacts/', import.meta.url)
const load = <T>(name: string): T => JSON.parse(readFileSync(new URL(name, ARTEFACTS), 'utf8')) as T

const once = <T>(make: () => T): (() => T) => {
  let made: T | undefined
  return () => (made ??= make())
}

/** A function that remembers its answer for each name. */
export const remember = <T>(make: (name: string) => T): ((name: string) => T) => {
  const answers = new Map<string, T>()
  return (name) => {
    let answer = answers.get(name)
    if (answer === undefined) {
      answer = make(name)
      answers.set(name, answer)
    }
    return answer
  }
}

const datatypes = once(() => {
  const file = load<DatatypeFile>('datatypes.json')
  return { primitives: new Map(Object.entries(file.primitives)), paths: new Map(Object.entries(file.paths)) }
})

const valueSets = once(() => new Map(Object.entries(load<Record<string, readonly string[]>>('value-sets.json'))))

const resourceTypes = once(() => new Set(codesOf('http://hl7.org/fhir/ValueSet/resource-types')))

/** True for the name of any R4 resource type, the abstract `Resource` and `DomainResource` included. */
export const isResourceType = (type: string): boolean => resourceTypes().has(type)

/** True for an R4 resource type of which there can be resources. */
export const isConcreteType = (type: string): boolean =>
  isResourceType(type) && type !== 'Resource' && type !== 'DomainResource'

export const isPrimitive = (type: string): boolean => datatypes().primitives.has(type)

/** The regular expression that the standard gives for the text of a primitive; throws for a primitive without one. */
export const primitiveRegex = (type: string): string => {
  const regex = datatypes().primitives.get(type)
  if (regex === undefined || regex === null) throw new Error(`R4 has no regular expression for ${type}`)
  return regex
}

/** The codes of a value set that an element is bound to; throws for one that no element is bound to. */
export const codesOf = (url: string): readonly string[] => {
  const codes = valueSets().get(url)
  if (codes === undefined) throw new Error(`No artefact lists the codes of ${url}`)
  return codes
}

const resourceFile = remember((type) => load<ResourceFile>(`resources/${type}.json`))

const tableAt = (path: string): Table | undefined => {
  const root = path.split('.')[0] as string
  if (isResourceType(root)) {
    const { paths } = resourceFile(root)
    return Object.hasOwn(paths, path) ? paths[path] : undefined
  }
  return datatypes().paths.get(path)
}

/**
 * True for what is an attribute in XML: the id of an element and the url of an extension. These are plain strings, and have no id and no extensions
 * of their own (http://hl7.org/fhir/R4/element-definitions.html#Element.id).
 */
export const isAttribute = (path: string, name: string): boolean =>
  (name === 'id' && !isResourceType(path)) || (name === 'url' && path === 'Extension')

const propertyName = (element: Element, type: ElementType): string =>
  element.choice === true ? element.name + type.code.charAt(0).toUpperCase() + type.code.slice(1) : element.name

/** The elements of a path, inherited ones first; throws for a path that R4 does not have. */
export const elementsOf = remember((path): readonly Element[] => {
  const table = tableAt(path)
  if (table === undefined) throw new Error(`R4 has no elements at ${path}`)
  return [...(table.base === undefined ? [] : elementsOf(table.base)), ...table.elements]
})

/** The JSON properties of a path, by name. */
export const propertiesOf = remember((path): ReadonlyMap<string, Property> => {
  const properties = elementsOf(path).flatMap((element) =>
    element.types.map((type): Property => ({ property: propertyName(element, type), element, type })),
  )
  return new Map(properties.map((property) => [property.property, property]))
})

/** The JSON properties that an element of a path may appear as (several for a choice, none for an unknown element). */
export const propertiesOfElement = (path: string, name: string): readonly Property[] =>
  isPrimitive(path) || path === 'xhtml'
    ? []
    : [...propertiesOf(path).values()].filter((property) => property.element.name === name)

/** `[type, base, base of base …]`, e.g. `Goal`, `DomainResource`, `Resource`. */
export const lineageOf = remember((path): readonly string[] => {
  const base = tableAt(path)?.base
  return base === undefined ? [path] : [path, ...lineageOf(base)]
})

/** The standard search parameters of a resource type, those of every resource (`_tag`, `_profile` …) last. */
export const searchRowsOf = (type: string): readonly SearchRow[] =>
  lineageOf(type).flatMap((path) =>
    resourceFile(path).search.map(({ name, components, ...row }) => ({
      ...row,
      ...(components === undefined
        ? {}
        : { components: components.map((one) => ({ ...one, definition: DEFINITIONS + one.definition })) }),
      url: DEFINITIONS + name,
    })),
  )

const DEFINITIONS = 'http://hl7.org/fhir/SearchParameter/'
