import { STATUS_CODES } from 'node:http'
import { REDACTED } from '../plan/marks.ts'
import { etag } from './conditions.ts'
import type { ApiResponse } from './route.ts'

/** An entry of an answer; `resource` and `outcome` are JSON text, which goes in as it is. */
export type EntryText = Readonly<{
  fullUrl?: string
  resource?: string | undefined
  search?: 'match' | 'include' | 'outcome'
  request?: Readonly<{ method: string; url: string }>
  response?: Readonly<{
    status: string
    location?: string | undefined
    etag?: string
    lastModified?: string
    outcome?: string | undefined
  }>
}>

export type Link = Readonly<{ relation: 'self' | 'first' | 'next'; url: string }>

/** A member of an object by text that is JSON already; empty where there is none. */
const member = (name: string, text: string | undefined): string => (text === undefined ? '' : `"${name}":${text}`)
const value = (name: string, content: unknown): string =>
  content === undefined ? '' : member(name, JSON.stringify(content))

/** Put together as V8 does it without copying: of a page, the text is laid out once, when it is sent. */
const object = (...members: readonly string[]): string => {
  let text = '{'
  for (const one of members) if (one !== '') text += text === '{' ? one : `,${one}`
  return `${text}}`
}

const responseText = ({ outcome, ...rest }: NonNullable<EntryText['response']>): string =>
  object(...Object.entries(rest).map(([name, content]) => value(name, content)), member('outcome', outcome))

const entryText = ({ fullUrl, resource, search, request, response }: EntryText): string =>
  object(
    value('fullUrl', fullUrl),
    member('resource', resource),
    member('search', search === undefined ? undefined : `{"mode":"${search}"}`),
    value('request', request),
    member('response', response === undefined ? undefined : responseText(response)),
  )

/**
 * The JSON text of a Bundle (http://hl7.org/fhir/R4/bundle.html) around resources that are text already: nothing stored is
 * parsed or serialised again. `total` is given only where it is known.
 */
export const bundleText = (
  type: 'searchset' | 'history' | 'transaction-response' | 'batch-response',
  entries: readonly EntryText[],
  more: { links?: readonly Link[]; total?: number; lastUpdated?: string; redacted?: boolean } = {},
): string =>
  object(
    '"resourceType":"Bundle"',
    value('meta', metaOf(more)),
    `"type":"${type}"`,
    value('total', more.total),
    value('link', more.links),
    entries.length === 0 ? '' : member('entry', listText(entries)),
  )

const metaOf = ({ lastUpdated, redacted = false }: { lastUpdated?: string; redacted?: boolean }): object | undefined =>
  lastUpdated === undefined && !redacted
    ? undefined
    : { ...(lastUpdated === undefined ? {} : { lastUpdated }), ...(redacted ? { security: [REDACTED] } : {}) }

const listText = (entries: readonly EntryText[]): string => {
  let text = '['
  for (const entry of entries) text += text === '[' ? entryText(entry) : `,${entryText(entry)}`
  return `${text}]`
}

/** A status as Bundle.entry.response wants it: the code and its words. */
export const statusText = (status: number): string => `${status} ${STATUS_CODES[status] ?? ''}`.trim()

/** What became of one request inside a Bundle. */
export const entryResponse = (answer: ApiResponse, outcome?: string): NonNullable<EntryText['response']> => ({
  status: statusText(answer.status),
  ...(answer.location === undefined ? {} : { location: answer.location }),
  ...(answer.version === undefined ? {} : { etag: etag(answer.version) }),
  ...(answer.lastUpdated === undefined ? {} : { lastModified: answer.lastUpdated }),
  ...(outcome === undefined ? {} : { outcome }),
})
