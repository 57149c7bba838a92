import type { SearchParameter as Definition } from 'fhir/r4.js'
import { type CompiledPath, compilePath, type Focus, type Found, type TypeModel } from '../fhir/path.ts'
import { loadPackage } from './package.ts'
import { servedType } from './served.ts'
import {
  lineageOf,
  propertiesOfElement,
  remember,
  type SearchParameterType,
  type SearchRow,
  searchRowsOf,
} from './tables.ts'

export type { SearchParameterType }

export type SearchParameter = Readonly<{
  code: string
  type: SearchParameterType
  expression: string
  /** Canonical URL of its definition. */
  url: string
  /** Resource types that a reference parameter may point to; empty for others. */
  targets: readonly string[]
  /** FHIR types of the elements that `values` finds, e.g. `CodeableConcept`. */
  types: readonly string[]
  /** What stands together in each element that `values` finds; empty for all but composites. */
  components: readonly SearchComponent[]
  values: (resource: object) => readonly Found[]
}>

export type SearchComponent = Readonly<{
  type: SearchParameterType
  expression: string
  /** Canonical URL of the parameter that it is. */
  definition: string
  values: (element: Found) => readonly Found[]
}>

/** The FHIR types from which values of a search type can be taken (http://hl7.org/fhir/R4/search.html#table). */
export const EXTRACTABLE: Readonly<Record<Exclude<SearchParameterType, 'composite'>, ReadonlySet<string>>> = {
  token: new Set(['Identifier', 'Coding', 'CodeableConcept', 'code', 'boolean', 'ContactPoint', 'string', 'id', 'uri']),
  // A resource within another: the first of a document is what `Bundle?composition` is about.
  reference: new Set(['Reference', 'canonical', 'uri', 'Resource']),
  string: new Set(['string', 'markdown', 'HumanName', 'Address']),
  date: new Set(['date', 'dateTime', 'instant', 'Period', 'Timing']),
  uri: new Set(['uri', 'url', 'canonical', 'oid', 'uuid']),
  number: new Set(['decimal', 'integer', 'positiveInt', 'unsignedInt', 'Range']),
  quantity: new Set(['Quantity', 'Age', 'Count', 'Distance', 'Duration', 'Money', 'Range', 'SampledData']),
}

/** `_id` and `_lastUpdated` are columns of every resource's row, not values taken from its content. */
const OF_THE_ROW: ReadonlySet<string> = new Set(['_id', '_lastUpdated'])

const elements = remember((key) => {
  const [type, element] = key.split(' ') as [string, string]
  return propertiesOfElement(type, element).map((property) => ({
    property: property.property,
    type: property.type.code,
  }))
})
const model: TypeModel = (type, element) => elements(`${type} ${element}`)

/** A path to values of a search type. Of an extension, the value is meant. Undefined where there are none. */
const pathTo = (type: keyof typeof EXTRACTABLE, expression: string, focus: Focus): CompiledPath | undefined => {
  const path = compilePath(expression, focus)
  if (path?.types.every((found) => found === 'Extension')) return pathTo(type, `(${expression}).value`, focus)
  return path?.types.some((found) => EXTRACTABLE[type].has(found)) ? path : undefined
}

/** KeyPlan's own parameters of a type: the SearchParameters in its FHIR package. */
const ownRowsOf = (type: string): SearchRow[] =>
  (loadPackage().all('SearchParameter') as Definition[])
    .filter(({ base }) => base.some((one) => one === type))
    .map(({ code, type: kind, expression = '', target, url }) => ({
      code,
      type: kind as SearchParameterType,
      expression,
      ...(target === undefined ? {} : { targets: target }),
      url,
    }))

/**
 * The search parameters of a resource type: each standard one that has an expression (none of the served types has one of type `special`), and
 * those in KeyPlan's FHIR package. `_id` and `_lastUpdated` are answered without. Throws for one of the package that cannot be read.
 */
export const searchParametersOf = remember((type): readonly SearchParameter[] => [
  ...searchRowsOf(type).flatMap((row) => (OF_THE_ROW.has(row.code) ? [] : (compiled(type, row) ?? []))),
  ...ownRowsOf(type).map((row) => {
    const parameter = compiled(type, row)
    if (parameter !== undefined) return parameter
    throw new Error(`The expression of ${row.url} is outside what KeyPlan can read (src/fhir/path-syntax.ts)`)
  }),
])

const ABOUT_PATIENTS = '.where(resolve() is Patient)'

/** By code, the code of another parameter that finds the very same values. */
const sameAs = remember((type): ReadonlyMap<string, string> => {
  const parameters = searchParametersOf(type)
  // A subject is a Patient and nothing else here: by it the resource belongs to its person.
  if (servedType(type)?.person !== 'subject') return new Map()
  return new Map(
    parameters.flatMap(({ code, expression }) => {
      const whole = parameters.find((other) => `${other.expression}${ABOUT_PATIENTS}` === expression)
      return whole === undefined ? [] : [[code, whole.code]]
    }),
  )
})

/**
 * Under which parameter the values of one stand, or of a form of it (`patient:identifier`): its own, or where another one finds the very same
 * values, under that one alone. `patient` is `subject` wherever a subject can be nobody but a Patient.
 */
export const storedAs = (type: string, parameter: string): string => {
  const same = sameAs(type)
  if (same.size === 0) return parameter
  const [code = '', ...form] = parameter.split(':')
  return [same.get(code) ?? code, ...form].join(':')
}

/** The search parameters of a type whose values are stored: all but those that another one stands for. */
export const storedParametersOf = remember((type): readonly SearchParameter[] =>
  searchParametersOf(type).filter(({ code }) => storedAs(type, code) === code),
)

const compiled = (type: string, row: SearchRow): SearchParameter | undefined => {
  const focus: Focus = { types: [type], names: lineageOf(type), model }
  const { code, expression, url, targets = [] } = row
  const path = row.type === 'composite' ? compilePath(expression, focus) : pathTo(row.type, expression, focus)
  if (path === undefined) return undefined
  const components = (row.components ?? []).map((component): SearchComponent | undefined => {
    const within: Focus = { types: path.types, names: [], model }
    const values = component.type === 'composite' ? undefined : pathTo(component.type, component.expression, within)
    return values && { ...component, values: values.values }
  })
  if (!components.every((component) => component !== undefined)) return undefined
  const values = (resource: object) => path.values({ value: resource, type })
  return { code, type: row.type, expression, url, targets, types: path.types, components, values }
}
