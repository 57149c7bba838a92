import { compilePath, type Found } from '../fhir/path.ts'
import { lineageOf, propertiesOfElement, remember, type SearchRow, searchRowsOf } from './tables.ts'

export type SearchParameterType = 'token' | 'reference' | 'string' | 'date' | 'uri'

export type SearchParameter = Readonly<{
  code: string
  type: SearchParameterType
  expression: string
  /** Canonical URL of its definition. */
  url: string
  /** Resource types that a reference parameter may point to; empty for others. */
  targets: readonly string[]
  values: (resource: object) => readonly Found[]
}>

/** The FHIR types from which values of a search type can be taken (http://hl7.org/fhir/R4/search.html#table). */
export const EXTRACTABLE: Readonly<Record<SearchParameterType, ReadonlySet<string>>> = {
  token: new Set(['Identifier', 'Coding', 'CodeableConcept', 'code', 'boolean', 'ContactPoint', 'string', 'id', 'uri']),
  reference: new Set(['Reference', 'canonical', 'uri']),
  string: new Set(['string', 'markdown', 'HumanName', 'Address']),
  date: new Set(['date', 'dateTime', 'instant', 'Period', 'Timing']),
  uri: new Set(['uri', 'url', 'canonical', 'oid', 'uuid']),
}

/** `_id` and `_lastUpdated` are columns of every resource's row, not values taken from its content. */
const OF_THE_ROW: ReadonlySet<string> = new Set(['_id', '_lastUpdated'])

const modelOf = remember((key) => {
  const [type, element] = key.split(' ') as [string, string]
  return propertiesOfElement(type, element).map((property) => ({
    property: property.property,
    type: property.type.code,
  }))
})

const isOffered = (row: SearchRow): row is SearchRow & { type: SearchParameterType } =>
  Object.hasOwn(EXTRACTABLE, row.type) && !OF_THE_ROW.has(row.code)

/**
 * The standard search parameters of a resource type whose values can be taken from a resource here: those of the types
 * above whose expression is in the subset of `fhir/path.ts`. `_id` and `_lastUpdated` are answered without.
 */
export const searchParametersOf = remember((type): readonly SearchParameter[] => {
  const lineage = lineageOf(type)
  return searchRowsOf(type).flatMap((row): SearchParameter[] => {
    if (!isOffered(row)) return []
    const path = compilePath(row.expression, lineage, (at, element) => modelOf(`${at} ${element}`))
    if (path === undefined || !path.types.some((found) => EXTRACTABLE[row.type].has(found))) return []
    const { code, expression, url, targets = [] } = row
    return [{ code, type: row.type, expression, url, targets, values: path.values }]
  })
})
