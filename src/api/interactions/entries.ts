import { type Issue, issue, problem } from '../../fhir/outcome.ts'
import { parseReference, type Resource } from '../../fhir/resource.ts'
import type { Conditions } from '../conditions.ts'
import type { EntryRequest, Method } from '../route.ts'

/** One request of a transaction or batch Bundle. */
export type Entry = Readonly<{
  /** FHIRPath of the entry, e.g. `Bundle.entry[2]`. */
  at: string
  fullUrl: string | undefined
  method: Method | 'HEAD'
  /** Relative to the base, query included. */
  url: string
  resource: Resource | undefined
  conditions: Conditions
}>

const METHODS: ReadonlySet<string> = new Set<Entry['method']>(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])

export const isRead = ({ method }: Pick<Entry, 'method'>): boolean => method === 'GET' || method === 'HEAD'

/** The entry as a request by itself. */
export const requestOf = (
  { method, url, resource, conditions }: Entry,
  prefer: EntryRequest['prefer'],
): EntryRequest => ({ method, url, resource, conditions, prefer })

/** What a Bundle of requests, its entries and their requests may hold; what is not known is refused, for a misspelt ifMatch protects nothing. */
const MEMBERS = {
  bundle: ['resourceType', 'id', 'meta', 'language', 'identifier', 'type', 'timestamp', 'link', 'entry', 'signature'],
  entry: ['id', 'extension', 'link', 'fullUrl', 'resource', 'request'],
  request: ['id', 'extension', 'method', 'url', 'ifNoneMatch', 'ifModifiedSince', 'ifMatch', 'ifNoneExist'],
} as const

/** The issue of the first member that is not known; what stands beside a primitive (`_url`) says nothing that matters here. */
const unknownMember = (value: object, kind: keyof typeof MEMBERS, at: string): Issue | undefined => {
  const known: readonly string[] = MEMBERS[kind]
  const foreign = Object.keys(value).find((name) => !known.includes(name) && !known.includes(name.replace(/^_/, '')))
  return foreign === undefined
    ? undefined
    : issue(
        'entry-malformed',
        at,
        `${/^\w{1,40}$/.test(foreign) ? foreign : 'This'} is not an element that a Bundle of requests has here. It can have ${known.join(', ')}.`,
        { code: 'structure' },
      )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** True where both name a resource here, and not the same. */
const isAnother = (fullUrl: string | undefined, target: string): boolean => {
  const [named, written] = [fullUrl, target].map((address) => parseReference(address)?.key)
  return named !== undefined && written !== undefined && named !== written
}

const CONDITIONS = ['ifMatch', 'ifNoneMatch', 'ifNoneExist', 'ifModifiedSince'] as const

/** Reads one entry or says in `issues` everything that keeps it from being read. */
const readEntry = (entry: unknown, at: string, baseUrl: string, issues: Issue[]): Entry | undefined => {
  const refuse = (key: string, expression: string, text: string): undefined => {
    issues.push(issue(key, expression, text, { code: 'structure' }))
    return undefined
  }
  if (!isObject(entry)) return refuse('entry-malformed', at, 'An entry must be an object.')
  const { request, resource, fullUrl } = entry
  if (!isObject(request))
    return refuse(
      'entry-request-missing',
      `${at}.request`,
      'Each entry of a transaction or batch needs a request with method and url.',
    )
  const foreign = unknownMember(entry, 'entry', at) ?? unknownMember(request, 'request', `${at}.request`)
  if (foreign !== undefined) {
    issues.push(foreign)
    return undefined
  }
  const { method, url } = request
  if (typeof method !== 'string' || !METHODS.has(method)) {
    return refuse(
      'entry-method-not-served',
      `${at}.request.method`,
      'The method of an entry must be GET, HEAD, POST, PUT, PATCH or DELETE.',
    )
  }
  if (typeof url !== 'string' || url === '')
    return refuse(
      'entry-url-missing',
      `${at}.request.url`,
      'The request of an entry needs a url relative to the base, e.g. Goal or Goal/1.',
    )
  if (resource !== undefined && (!isObject(resource) || typeof resource['resourceType'] !== 'string')) {
    return refuse(
      'entry-resource-malformed',
      `${at}.resource`,
      'The resource of an entry must be an object with a resourceType.',
    )
  }
  if (resource !== undefined && (method === 'GET' || method === 'HEAD' || method === 'DELETE'))
    return refuse('entry-resource-not-expected', `${at}.resource`, `An entry with ${method} takes no resource.`)
  if (fullUrl !== undefined && typeof fullUrl !== 'string')
    return refuse('entry-malformed', `${at}.fullUrl`, 'fullUrl must be a string.')
  if (fullUrl?.includes('/_history/'))
    return refuse('entry-malformed', `${at}.fullUrl`, 'fullUrl names a resource, not a version of it (bdl-8).')
  for (const name of CONDITIONS) {
    if (request[name] !== undefined && typeof request[name] !== 'string')
      return refuse('entry-malformed', `${at}.request.${name}`, `${name} must be a string.`)
  }
  const relative = (address: string): string =>
    address.startsWith(`${baseUrl}/`) ? address.slice(baseUrl.length + 1) : address
  // An address of ours is what a relative reference leads to.
  const name = fullUrl === undefined ? undefined : relative(fullUrl)
  const target = relative(url).replace(/^\//, '')
  if (isAnother(name, target)) {
    return refuse(
      'entry-fullurl-disagrees',
      `${at}.fullUrl`,
      'fullUrl is the address of another resource here than the one that this entry writes, so what refers to it would be led astray. Give the address of what is written, or a urn:uuid (http://hl7.org/fhir/R4/bundle.html#references).',
    )
  }
  return {
    at,
    fullUrl: name,
    method: method as Entry['method'],
    url: target,
    resource: resource as Resource | undefined,
    conditions: Object.fromEntries(CONDITIONS.map((name) => [name, request[name]])) as unknown as Conditions,
  }
}

/**
 * The requests of a transaction or batch Bundle, in their order, and what is wrong with those that cannot be read: such an entry is
 * undefined. Throws `too-large` where there are more than `most` of them, `malformed` where `entry` is no array.
 */
export const readEntries = (
  bundle: Resource,
  baseUrl: string,
  most: number,
): Readonly<{ entries: readonly (Entry | undefined)[]; issues: readonly Issue[] }> => {
  const found = (bundle as unknown as Record<string, unknown>)['entry'] ?? []
  if (!Array.isArray(found))
    throw problem('malformed', 'entry-malformed', 'Bundle.entry must be an array.', { expression: 'Bundle.entry' })
  if (found.length > most)
    throw problem('too-large', 'too-many-entries', `A Bundle may hold ${most} entries here. Send it in parts.`, {
      expression: 'Bundle.entry',
    })
  const foreign = unknownMember(bundle, 'bundle', 'Bundle')
  const issues: Issue[] = foreign === undefined ? [] : [foreign]
  const entries = found.map((entry: unknown, index) => readEntry(entry, `Bundle.entry[${index}]`, baseUrl, issues))
  return { entries, issues }
}
