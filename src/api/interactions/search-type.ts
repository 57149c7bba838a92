import { servedType } from '../../definitions/served.ts'
import { type Issue, issue, operationOutcome } from '../../fhir/outcome.ts'
import type { SearchResult } from '../../records/types.ts'
import { bundleText, type EntryText, type Link } from '../bundle-text.ts'
import { refuseParameters } from '../parameters.ts'
import type { Api, ApiRequest, ApiResponse, Parameter, Route } from '../route.ts'

/** The resources of a type that match all parameters, a page at a time (http://hl7.org/fhir/R4/http.html#search). */
export const searchByGet: Route = {
  name: 'search-type',
  method: 'GET',
  path: '[type]',
  scope: 's',
  body: 'none',
  purpose: 'care',
  handle: async (request, api) => {
    const found = await search(request, api, request.query)
    return answer(request, api, found, linksTo(api, request.type, found.self, found.next), found.issues)
  },
}

/** The same search with its parameters in the body, where identifiers of persons belong. */
export const searchByPost: Route = {
  name: 'search-type',
  method: 'POST',
  path: '[type]/_search',
  scope: 's',
  body: 'form',
  purpose: 'care',
  handle: async (request, api) => {
    refuseParameters(request.query)
    const found = await search(request, api, request.form)
    const open = found.self.filter(isOpen)
    const complete = open.length === found.self.length
    // A link is a URL, and what names a person must not stand in one: better no next link than a wrong one, and it is said.
    const links = linksTo(api, request.type, open, complete ? found.next : undefined)
    return answer(
      request,
      api,
      found,
      links,
      !complete && found.next !== undefined ? [...found.issues, MORE] : found.issues,
    )
  },
}

const MORE: Issue = issue(
  'more-results',
  '_count',
  'There are more matches than this page holds. Parameters that name a person are not put into links: narrow the search or send it with a higher _count.',
  { severity: 'warning', code: 'incomplete' },
)

/**
 * Said of every type that belongs to a person, whoever asks for whom: an empty answer must not be read as "no plan", and nothing may follow
 * from whether this is said.
 */
const NOTHING_SHOWN: Issue = {
  severity: 'information',
  code: 'informational',
  key: 'nothing-shown',
  text: 'Nothing was found that may be shown to you. This is not a statement that there is no plan: what is decided for a person is asked for by Patient/$emergency-view.',
}

const search = async (
  { cx, type, prefer }: ApiRequest,
  { records }: Api,
  parameters: readonly Parameter[],
): Promise<SearchResult> => await records.search(cx, { type, parameters, lenient: prefer.lenient })

/** Parameters whose values name no person by themselves: codes, page sizes and ids that KeyPlan gave. */
const OPEN: ReadonlySet<string> = new Set([
  '_id',
  '_count',
  '_after',
  'status',
  'category',
  'code',
  'patient',
  'subject',
])

const isOpen = ([name, value]: Parameter): boolean => OPEN.has(name) && !value.includes('|')

const link = (baseUrl: string, type: string, relation: Link['relation'], parameters: readonly Parameter[]): Link => {
  const query = new URLSearchParams(parameters.map(([name, value]): [string, string] => [name, value])).toString()
  return { relation, url: `${baseUrl}/${type}${query === '' ? '' : `?${query}`}` }
}

const linksTo = (
  { baseUrl }: Api,
  type: string,
  self: readonly Parameter[],
  next: readonly Parameter[] | undefined,
): Link[] => [link(baseUrl, type, 'self', self), ...(next === undefined ? [] : [link(baseUrl, type, 'next', next)])]

const answer = (
  { type }: ApiRequest,
  { baseUrl }: Api,
  found: SearchResult,
  links: readonly Link[],
  issues: readonly Issue[],
): ApiResponse => {
  const entries: EntryText[] = found.resources.map((resource) => ({
    fullUrl: `${baseUrl}/${resource.type}/${resource.id}`,
    resource: resource.body,
    search: resource.type === type ? 'match' : 'include',
  }))
  const said = entries.length === 0 && servedType(type)?.person !== undefined ? [...issues, NOTHING_SHOWN] : issues
  if (said.length > 0) entries.push({ resource: JSON.stringify(operationOutcome(said)), search: 'outcome' })
  return { status: 200, body: bundleText('searchset', entries, { links }) }
}
