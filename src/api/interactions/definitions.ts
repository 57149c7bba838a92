import { loadPackage } from '../../definitions/package.ts'
import { searchParametersOf } from '../../definitions/search-parameters.ts'
import { PUBLISHED } from '../../definitions/served.ts'
import { type Issue, issue, operationOutcome, Problem, problem } from '../../fhir/outcome.ts'
import type { FhirResource } from '../../fhir/resource.ts'
import { countOf } from '../../search/query/shape.ts'
import { invalidValue } from '../../search/query/text.ts'
import { bundleText, type EntryText, type Link } from '../bundle-text.ts'
import { linkTo } from '../link.ts'
import { refuseParameters } from '../parameters.ts'
import type { Handler, Parameter, Route } from '../route.ts'

/** By what a definition is found: the names of its search parameters besides `_id`, and the elements that they compare. */
export const DEFINITION_PARAMETERS = ['name', 'status', 'url', 'version'] as const

type Found = (resource: FhirResource, value: string) => boolean

const MATCH: Readonly<Record<string, Found>> = {
  _id: ({ id }, value) => id === value,
  ...Object.fromEntries(
    DEFINITION_PARAMETERS.map((name): [string, Found] => [
      name,
      (resource, value) => {
        const element = (resource as unknown as Record<string, unknown>)[name]
        // A string is found by its beginning, whatever the case (http://hl7.org/fhir/R4/search.html#string).
        return name === 'name'
          ? typeof element === 'string' && element.toLowerCase().startsWith(value.toLowerCase())
          : element === value
      },
    ]),
  ),
}

/** The standard search parameters by which definitions of a type are found. */
export const definitionParametersOf = (type: string) =>
  searchParametersOf(type).filter(({ code }) => (DEFINITION_PARAMETERS as readonly string[]).includes(code))

const text = (resource: FhirResource): string => JSON.stringify(resource)

const read: Handler = async ({ type, id, query }) => {
  refuseParameters(query)
  const resource = loadPackage().resource(type, id)
  if (resource !== undefined) return { status: 200, body: text(resource) }
  throw problem(
    'not-found',
    'not-found',
    `KeyPlan publishes no ${type}/${id}. GET ${type} lists those that it publishes.`,
  )
}

/** What shapes a page of definitions; without `_count` it has all of them, for there are never more than a package holds. */
const SHAPES = ['_count', '_page'] as const

const checkNames = (query: readonly Parameter[], lenient: boolean): Issue[] => {
  const issues = query
    .filter(([name]) => !Object.hasOwn(MATCH, name) && !(SHAPES as readonly string[]).includes(name))
    .map(([name]) =>
      issue(
        'search-parameter-unknown',
        name.replace(/[^A-Za-z_:.-]/g, '').slice(0, 40),
        `Definitions are found by ${Object.keys(MATCH).join(', ')}; _count says how many a page has.`,
        { code: 'not-supported', severity: lenient ? 'warning' : 'error' },
      ),
    )
  if (issues.length > 0 && !lenient) throw new Problem('not-supported', issues)
  return issues
}

const shapeIn = (query: readonly Parameter[], shape: (typeof SHAPES)[number]): string | undefined => {
  const [given, ...more] = query.filter(([name]) => name === shape)
  if (more.length > 0) throw invalidValue(shape, 'Send it once.')
  return given?.[1]
}

/** Where a page begins: after the definition with the id that the link names. */
const startOf = (found: readonly FhirResource[], page: string | undefined): number => {
  if (page === undefined) return 0
  const last = found.findIndex(({ id }) => id === page)
  if (last >= 0) return last + 1
  throw invalidValue('_page', 'It is set by KeyPlan in the link to another page. Follow that link as it is.')
}

const search: Handler = async (request, { baseUrl }) => {
  const { type, query, prefer } = request
  const issues = checkNames(query, prefer.lenient)
  const known = query.filter(([name]) => Object.hasOwn(MATCH, name))
  const found = loadPackage()
    .all(type)
    .filter((resource) =>
      known.every(([name, value]) => value.split(',').some((one) => MATCH[name]?.(resource, one) === true)),
    )
  const [count, page] = SHAPES.map((name) => shapeIn(query, name))
  const most = count === undefined ? found.length : countOf(count)
  const start = startOf(found, page)
  const shown = found.slice(start, start + most)
  const entries: EntryText[] = shown.map((resource) => ({
    fullUrl: `${baseUrl}/${type}/${resource.id}`,
    resource: text(resource),
    search: 'match',
  }))
  if (issues.length > 0) entries.push({ resource: JSON.stringify(operationOutcome(issues)), search: 'outcome' })
  const link = (relation: Link['relation'], from: string | undefined): Link => {
    const shape = [
      ...(count === undefined ? [] : [['_count', count]]),
      ...(from === undefined ? [] : [['_page', from]]),
    ]
    return linkTo(request, baseUrl, relation, type, [...known, ...(shape as [string, string][])])
  }
  const last = shown.at(-1)?.id
  return {
    status: 200,
    body: bundleText('searchset', entries, {
      links: [
        link('self', page),
        ...(page === undefined ? [] : [link('first', undefined)]),
        ...(last === undefined || start + most >= found.length ? [] : [link('next', last)]),
      ],
      total: found.length,
    }),
  }
}

const COMMON = {
  method: 'GET',
  scope: 'token',
  body: 'none',
  purpose: 'administration',
  hint: 'Definitions are part of the service: they are published with each release of it and changed by no request.',
} as const

/** The definitions that the service works by, for whoever works with them: read and found, each type under its own name. */
export const definitions: readonly Route[] = PUBLISHED.flatMap((type): Route[] => [
  { ...COMMON, name: 'read', path: `${type}/[id]`, handle: read },
  { ...COMMON, name: 'search-type', path: type, handle: search },
])
