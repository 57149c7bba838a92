import { servedType } from '../../definitions/served.ts'
import { type Issue, issue, operationOutcome } from '../../fhir/outcome.ts'
import { parseReference } from '../../fhir/resource.ts'
import type { EverythingQuestion } from '../../records/types.ts'
import { FORMATS } from '../../validation/values/formats.ts'
import { bundleText, type EntryText, type Link } from '../bundle-text.ts'
import { linkTo } from '../link.ts'
import { malformedParameter, parametersOf, refuseParameters } from '../parameters.ts'
import type { ApiRequest, Parameter } from '../route.ts'
import { inputOf } from './input.ts'
import type { Operation } from './operation.ts'

const INPUT = { _since: 'valueInstant', _type: 'valueCode', _count: 'valueInteger' } as const

/** The whole record of nearly everybody is one page of this size. */
const MOST_COUNT = 500

/** All that is stored of a person and that the caller may see, as it is now, a page at a time (patient-operation-everything.html). */
export const everything: Operation = {
  code: 'everything',
  type: 'Patient',
  level: 'instance',
  methods: ['GET', 'POST'],
  scope: 'r',
  body: 'optional-resource',
  input: INPUT,
  purpose: 'care',
  asynchronous: true,
  handle: async (request, { records, baseUrl }) => {
    const asked = request.method === 'GET' ? ofQuery(request.query) : ofBody(request)
    const { resources, next, withheldTypes, issues } = await records.everything(request.cx, request.id, asked)
    const entries: EntryText[] = resources.map(({ type, id, body, own }) => ({
      fullUrl: `${baseUrl}/${type}/${id}`,
      resource: body,
      search: own ? 'match' : 'include',
    }))
    const said = [...(withheldTypes.length > 0 ? [notAll(withheldTypes)] : []), ...issues]
    if (said.length > 0) entries.push({ resource: JSON.stringify(operationOutcome(said)), search: 'outcome' })
    const link = (relation: Link['relation'], after: string | undefined): Link =>
      linkTo(request, baseUrl, relation, `Patient/${request.id}/$everything`, [
        ...(asked.since === undefined ? [] : [['_since', asked.since] as const]),
        ...(asked.types === undefined ? [] : [['_type', asked.types.join()] as const]),
        ['_count', String(asked.count)],
        ...(after === undefined ? [] : [['_after', after] as const]),
      ])
    const links = [link('self', asked.after), ...(next === undefined ? [] : [link('next', next)])]
    return { status: 200, body: bundleText('searchset', entries, { links }) }
  },
}

const notAll = (types: readonly string[]): Issue =>
  issue(
    'not-everything',
    'Bundle.entry',
    `This is not everything: the token has no scope to read all of ${types.join(', ')}. Nothing follows from their absence.`,
    { severity: 'warning', code: 'suppressed' },
  )

const ofBody = ({ query, resource }: ApiRequest): EverythingQuestion => {
  refuseParameters(query)
  const { _since, _type, _count } = inputOf(resource, INPUT)
  return asQuestion({ since: _since, type: _type, count: _count, after: undefined })
}

const ofQuery = (query: readonly Parameter[]): EverythingQuestion => {
  const given = parametersOf(
    query,
    ['_since', '_type', '_count', '_after'],
    'This operation takes _since, _type (types with commas between) and _count, each once. It has no start and end: a plan is not shown without its older parts.',
  )
  const count = given.get('_count')
  const since = given.get('_since')
  if (since !== undefined && FORMATS['instant']?.accepts(since) !== true) {
    throw malformedParameter(
      '_since',
      '_since is an instant, such as 2026-01-31T09:30:00Z. In an address write + as %2B.',
    )
  }
  return asQuestion({
    since,
    type: given.get('_type'),
    count: count === undefined ? undefined : /^\d{1,6}$/.test(count) ? Number(count) : Number.NaN,
    after: given.get('_after'),
  })
}

const asQuestion = ({
  since,
  type,
  count = MOST_COUNT,
  after,
}: Readonly<{
  since: string | undefined
  type: string | undefined
  count: number | undefined
  after: string | undefined
}>): EverythingQuestion => {
  if (!(count > 0)) throw malformedParameter('_count', `_count is a whole number from 1 to ${MOST_COUNT}.`)
  const types = type?.split(',')
  if (types?.every((one) => servedType(one) !== undefined) === false) {
    throw malformedParameter(
      '_type',
      '_type holds types of the CapabilityStatement that are stored here, with commas between.',
    )
  }
  if (after !== undefined && parseReference(after)?.key !== after) {
    throw malformedParameter(
      '_after',
      '_after is set by KeyPlan in the link to the next page; follow that link as it is.',
    )
  }
  return { since, types, count: Math.min(count, MOST_COUNT), after }
}
