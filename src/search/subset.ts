import { marksOf } from '../definitions/summary.ts'
import { elementsOf, propertiesOf } from '../definitions/tables.ts'
import { parseFhirJson, stringifyFhirJson } from '../fhir/json.ts'
import type { Query } from './query/query.ts'

type View = Pick<Query, 'summary' | 'elements'>

/** Says that not everything is here (http://hl7.org/fhir/R4/search.html#summary), so that nobody stores it in place of the whole. */
const SUBSETTED = { system: 'http://terminology.hl7.org/CodeSystem/v3-ObservationValue', code: 'SUBSETTED' }

/** True where resources are shown as they are stored. */
export const isWhole = ({ summary, elements }: View): boolean =>
  elements === undefined && (summary === 'false' || summary === 'count')

/**
 * The JSON text of a resource as `_summary` and `_elements` want it: what they name, and always what R4 demands of it and what changes the
 * meaning of the rest.
 */
export const subsetOf = (body: string, view: View): string => {
  const { resourceType: type, ...content } = parseFhirJson(body) as unknown as Record<string, unknown> & {
    resourceType: string
  }
  const shown = shownBy(type, view)
  const kept = keep(type, content, '', shown)
  const meta = (kept['meta'] ?? content['meta'] ?? {}) as { tag?: readonly object[] }
  return stringifyFhirJson({
    resourceType: type,
    ...(kept['id'] === undefined ? {} : { id: kept['id'] }),
    meta: { ...meta, tag: [...(meta.tag ?? []), SUBSETTED] },
    ...Object.fromEntries(Object.entries(kept).filter(([name]) => name !== 'id' && name !== 'meta')),
  })
}

type Shown = (path: string, isRoot: boolean) => boolean

const shownBy = (type: string, { summary, elements }: View): Shown => {
  const { summary: marked, modifiers } = marksOf(type)
  const demanded = new Set(elementsOf(type).flatMap(({ name, min = 0 }) => (min > 0 ? [name] : [])))
  const always = (path: string): boolean =>
    path === 'id' || path === 'meta' || demanded.has(path) || modifiers.has(path)
  if (elements !== undefined) {
    const named = new Set(elements.filter((one) => one.type === '' || one.type === type).map(({ element }) => element))
    // Elements that are named with another type only say nothing about this one.
    if (named.size === 0) return () => true
    return (path, isRoot) => !isRoot || always(path) || named.has(path)
  }
  switch (summary) {
    case 'text':
      return (path, isRoot) => !isRoot || path === 'text' || always(path)
    case 'data':
      return (path) => path !== 'text'
    default:
      return (path, isRoot) => (isRoot && always(path)) || marked.has(path)
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The properties of an object that are shown. Only backbone elements have paths of their own; a datatype is shown whole. */
const keep = (table: string, object: Record<string, unknown>, at: string, shown: Shown): Record<string, unknown> => {
  const properties = propertiesOf(table)
  const kept = { ...object }
  for (const [name, value] of Object.entries(object)) {
    const property = properties.get(name.replace(/^_/, ''))
    if (property === undefined) continue
    const path = `${at}${property.element.name}`
    if (!shown(path, at === '')) {
      delete kept[name]
      continue
    }
    const inner = property.type.code
    if (!inner.includes('.')) continue
    const each = (one: unknown): unknown => (isObject(one) ? keep(inner, one, `${path}.`, shown) : one)
    kept[name] = Array.isArray(value) ? value.map(each) : each(value)
  }
  return kept
}
