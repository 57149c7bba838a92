import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { RequestContext } from '../context.ts'
import { parseFhirJson, parseJson } from '../fhir/json.ts'
import { problem } from '../fhir/outcome.ts'
import { hasBody, readBody } from './body.ts'
import type { Conditions } from './conditions.ts'
import type { Limits } from './limits.ts'
import { checkFormType, negotiate, type Rendering, resourceFormat, takeRendering } from './negotiate.ts'
import { NO_PARAMETERS, parseQuery } from './parameters.ts'
import { patchFormat } from './patch-body.ts'
import { parsePrefer } from './prefer.ts'
import { isRequestId } from './respond.ts'
import type { ApiRequest, EntryRequest, Match, Route } from './route.ts'
import { readXml } from './xml.ts'

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value.join(', ') : value

const conditionsOf = (incoming: IncomingMessage): Conditions => ({
  ifMatch: incoming.headers['if-match'],
  ifNoneMatch: incoming.headers['if-none-match'],
  ifNoneExist: single(incoming.headers['if-none-exist']),
  ifModifiedSince: incoming.headers['if-modified-since'],
})

type Body = Pick<ApiRequest, 'resource' | 'form' | 'document' | 'submission'>

const NO_BODY: Body = { resource: undefined, form: NO_PARAMETERS }

const SAFE = new Set(['GET', 'HEAD'])

/**
 * What a request that may change something is called, and asks, where its client named it: so that it is not done twice. The digest is made when
 * something is changed: an emergency view is a POST too, and pays nothing for it.
 */
const repeatableOf = ({ method = '', url, headers }: IncomingMessage, sent: string): RequestContext['repeatable'] => {
  const id = headers['x-request-id']
  if (SAFE.has(method) || !isRequestId(id)) return undefined
  const fingerprint = (): string =>
    createHash('sha256').update(`${method} ${url} ${headers['content-type']}\n${sent}`).digest('base64url')
  return { id: id.toLowerCase(), fingerprint }
}

const readBodyFor = async (
  incoming: IncomingMessage,
  route: Route,
  limits: Limits,
): Promise<Readonly<{ body: Body; sent: string }>> => {
  if (!hasBody(incoming)) {
    if (route.body === 'resource' || route.body === 'bundle' || route.body === 'patch') throw missingBody()
    return { body: NO_BODY, sent: '' }
  }
  switch (route.body) {
    case 'none':
      throw problem('bad-request', 'body-not-expected', 'This request takes no body. Send it without one.')
    case 'form': {
      checkFormType(incoming.headers['content-type'])
      const sent = (await readBody(incoming, limits.form)) ?? ''
      return { body: { resource: undefined, form: parseQuery(sent) }, sent }
    }
    default: {
      const contentType = incoming.headers['content-type']
      const format = route.body === 'patch' ? patchFormat(contentType) : resourceFormat(contentType)
      const isLarge = route.body === 'bundle' || route.body === 'text'
      const text = await readBody(incoming, isLarge ? limits.bundle : limits.body)
      if (text === undefined && route.body !== 'optional-resource' && route.body !== 'text') throw missingBody()
      if (text === undefined) return { body: NO_BODY, sent: '' }
      const read = async (): Promise<Body> => {
        if (route.body === 'text')
          return { ...NO_BODY, submission: { text, format: format === 'xml' ? 'xml' : 'json' } }
        if (format === 'json-patch') return { ...NO_BODY, document: parseJson(text) }
        return { resource: format === 'json' ? parseFhirJson(text) : await readXml(text), form: NO_PARAMETERS }
      }
      return { body: await read(), sent: text }
    }
  }
}

const missingBody = () =>
  problem('malformed', 'body-missing', 'This request needs a FHIR resource as its body.', { code: 'required' })

/** A request as handlers take it, and how its answer is to be written. Everything in headers and query is checked before the body is read. */
export const readRequest = async (
  incoming: IncomingMessage,
  matched: Match,
  query: string,
  cx: RequestContext,
  limits: Limits,
): Promise<Readonly<{ request: ApiRequest; rendering: Rendering }>> => {
  const { route, type, id, version } = matched
  const inUrl = takeRendering(parseQuery(query))
  const accepted = negotiate(incoming.headers.accept, inUrl.format, route)
  const prefer = parsePrefer(single(incoming.headers['prefer']))
  const { body, sent } = await readBodyFor(incoming, route, limits)
  const repeatable = repeatableOf(incoming, sent)
  // A search form may say how it is to be answered as its URL may.
  const inForm = takeRendering(body.form)
  const said = inForm.shown.length === 0 ? inUrl : takeRendering([...inUrl.shown, ...inForm.shown])
  const wants = said === inUrl ? accepted : negotiate(incoming.headers.accept, said.format, route)
  return {
    request: {
      cx: repeatable === undefined ? cx : { ...cx, repeatable },
      method: route.method,
      type,
      id,
      version,
      query: inUrl.query,
      shown: said.shown,
      conditions: conditionsOf(incoming),
      prefer,
      wants: wants === 'xml' ? 'json' : wants,
      ...(said === inUrl ? body : { ...body, form: inForm.query }),
    },
    rendering: { xml: wants === 'xml', pretty: said.pretty },
  }
}

/** The request that an entry of a batch stands for, as handlers take it. Throws as the same request by itself would. */
export const readEntry = (entry: EntryRequest, matched: Match, query: string, cx: RequestContext): ApiRequest => {
  const { route, type, id, version } = matched
  if (route.body === 'bundle' || route.body === 'form') {
    throw problem(
      'bad-request',
      'entry-not-supported',
      'An entry of a batch cannot be a batch, a transaction or a search form.',
      { code: 'not-supported' },
    )
  }
  if ((route.body === 'resource' || route.body === 'patch') && entry.resource === undefined) throw missingBody()
  if (route.body === 'none' && entry.resource !== undefined) {
    throw problem('bad-request', 'body-not-expected', 'An entry with this method takes no resource.')
  }
  const rendering = takeRendering(parseQuery(query))
  if (negotiate(undefined, rendering.format, {}) === 'xml')
    throw problem(
      'not-acceptable',
      'format-not-served',
      'An entry is answered in the format of its whole Bundle. Leave _format out of its url.',
      { expression: '_format' },
    )
  return {
    cx,
    method: route.method,
    type,
    id,
    version,
    query: rendering.query,
    shown: rendering.shown,
    conditions: entry.conditions,
    prefer: entry.prefer,
    wants: 'json',
    resource: entry.resource,
    form: NO_PARAMETERS,
  }
}
