import { servedType } from '../../definitions/served.ts'
import { type Issue, operationOutcome } from '../../fhir/outcome.ts'
import type { FoundResource } from '../../records/types.ts'
import { bundleText, type EntryText, type Link } from '../bundle-text.ts'
import { linkTo } from '../link.ts'
import type { Api, ApiRequest, ApiResponse, Parameter } from '../route.ts'

/** What is searched, whichever route asks for it. */
export type Searched = Readonly<{
  types: readonly string[]
  parameters: readonly Parameter[]
  /** Below the base, for the links. */
  path: string
  /** Parameters of the link that are read by the route itself. */
  fixed?: readonly Parameter[]
  compartment?: string
  hidden?: boolean
}>

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

/** A page of what a search finds, as a Bundle (http://hl7.org/fhir/R4/search.html#return). */
export const answerSearch = async (
  request: Pick<ApiRequest, 'cx' | 'prefer' | 'shown'>,
  { records, baseUrl }: Api,
  { types, parameters, path, fixed = [], compartment, hidden = false }: Searched,
): Promise<ApiResponse> => {
  const { cx, prefer } = request
  const found = await records.search(cx, {
    types,
    parameters,
    lenient: prefer.lenient,
    base: baseUrl,
    compartment,
    hidden,
  })
  const link = (relation: Link['relation'], of: readonly Parameter[] | undefined): Link[] =>
    of === undefined ? [] : [linkTo(request, baseUrl, relation, path, [...fixed, ...of])]
  const entry =
    (search: 'match' | 'include') =>
    ({ type, id, body }: FoundResource): EntryText => ({ fullUrl: `${baseUrl}/${type}/${id}`, resource: body, search })
  const entries = [...found.resources.map(entry('match')), ...found.included.map(entry('include'))]
  const said = found.isEmpty && types.some(isOfPersons) ? [...found.issues, NOTHING_SHOWN] : found.issues
  if (said.length > 0) entries.push({ resource: JSON.stringify(operationOutcome(said)), search: 'outcome' })
  return {
    status: 200,
    body: bundleText('searchset', entries, {
      links: [...link('self', found.self), ...link('first', found.first), ...link('next', found.next)],
      ...(found.total === undefined ? {} : { total: found.total }),
    }),
  }
}

const isOfPersons = (type: string): boolean => servedType(type)?.person !== undefined
