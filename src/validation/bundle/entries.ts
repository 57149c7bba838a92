import { isConcreteType } from '../../definitions/tables.ts'
import { shownValue } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'

/** Kinds of Bundle whose entries need no fullUrl: what is new has no address yet, and answers need none. */
const WITHOUT_ADDRESS: ReadonlySet<unknown> = new Set([
  'transaction',
  'batch',
  'transaction-response',
  'batch-response',
])
/** What has no identity of its own. */
const ANONYMOUS: ReadonlySet<string> = new Set(['OperationOutcome', 'Parameters', 'Binary'])

const ABSOLUTE = /^[a-z][a-z0-9+.-]*:\S+$/i
/** Code systems and value sets of HL7 v2 and v3, as R4 has them. */
const OF_OLDER = /^http:\/\/hl7\.org\/fhir\/v[23]\//
const RESTFUL = /^https?:\/\/.+\/([A-Z][A-Za-z]{1,63})\/([A-Za-z0-9\-.]{1,64})$/

const methodOf = ({ value }: Spot): unknown => (value as Readonly<{ request?: { method?: unknown } }>).request?.method

/** The fullUrl of an entry: there, absolute, and at one with the id of the resource (http://hl7.org/fhir/R4/bundle-definitions.html#Bundle.entry.fullUrl). */
const checkAddress = ({ spot, resource, fullUrl }: Entry, bundle: Node, run: Run): void => {
  const at = { ...findingAt(spot, '', 'invalid', '') }
  const expression = `${at.expression}.fullUrl`
  const report = (key: string, text: string, more: { value?: string; expected?: string } = {}): void =>
    run.report({ ...at, key, text, expression, ...more })

  if (fullUrl === undefined) {
    if (resource === undefined || WITHOUT_ADDRESS.has(bundle['type']) || ANONYMOUS.has(resource.type)) return
    run.report(
      findingAt(spot, 'bundle-full-url', 'required', 'An entry needs a fullUrl, the identity of the resource in it.', {
        expected: 'an address such as urn:uuid:… or https://…/Patient/1',
        hint: 'Add fullUrl. Only the entries of a transaction, a batch and their responses need none.',
      }),
    )
    return
  }
  if (!ABSOLUTE.test(fullUrl)) {
    report('bundle-full-url', 'fullUrl is an absolute address. Send urn:uuid:… or https://….', {
      value: shownValue(fullUrl),
    })
    return
  }
  if (resource === undefined) return
  const [, type, id] = RESTFUL.exec(fullUrl) ?? []
  const { id: own, url } = resource.value as Node
  const isServed = type !== undefined && isConcreteType(type)
  // The canonical address of a definition is where it is served by its own server only, under its id.
  if (!isServed && (url !== fullUrl || fullUrl.endsWith(`/${String(own)}`) || OF_OLDER.test(fullUrl))) return
  // A patch stands under the address of what it changes.
  if ((type === resource.type && own === id) || methodOf(spot) === 'PATCH') return
  report(
    'bundle-full-url-mismatch',
    'fullUrl is the address of another resource: it must end with the type and id of the one in the entry.',
    {
      value: shownValue(fullUrl),
      expected: `…/${resource.type}/${typeof own === 'string' ? own : 'id'}`,
    },
  )
}

const NEEDS_RESOURCE: ReadonlySet<unknown> = new Set(['POST', 'PUT', 'PATCH'])

/** What an entry of a transaction or batch asks for (http://hl7.org/fhir/R4/http.html#transaction). */
const checkRequest = ({ spot, resource }: Entry, bundle: Node, run: Run): void => {
  const request = isNode(spot.value) ? spot.value['request'] : undefined
  if (!isNode(request) || (bundle['type'] !== 'transaction' && bundle['type'] !== 'batch')) return
  const { method, url } = request
  const { expression } = findingAt(spot, '', 'invalid', '')
  const report = (below: string, key: string, text: string, severity: 'error' | 'warning' = 'error'): void =>
    run.report({ severity, code: 'invalid', key, text, expression: `${expression}${below}` })

  // An operation or a search may be called with nothing.
  if (NEEDS_RESOURCE.has(method) && resource === undefined && !/[$]|\/_search$/.test(String(url))) {
    report('', 'bundle-request-resource', `A request with ${String(method)} needs a resource. Add it to the entry.`)
  } else if ((method === 'GET' || method === 'HEAD' || method === 'DELETE') && resource !== undefined) {
    report('.resource', 'bundle-request-resource', `A request with ${method} has no resource. Leave it out.`)
  }
  // An operation is about the type that it is called on, whatever it takes.
  if (resource === undefined || typeof url !== 'string' || url.includes('$') || (method !== 'POST' && method !== 'PUT'))
    return
  const [, type, id] = /^\/?(?:https?:\/\/[^?]+\/)?([A-Z][A-Za-z]*)(?:\/([A-Za-z0-9\-.]{1,64})$|[/?]|$)/.exec(url) ?? []
  if (type === undefined || !isConcreteType(type)) return
  const { id: own } = resource.value as Node
  if (type !== resource.type)
    report(
      '.request.url',
      'bundle-request-type',
      `The request is about a ${type}, and the resource of the entry is a ${resource.type}.`,
    )
  // A server answers 400 to either (http://hl7.org/fhir/R4/http.html#update).
  else if (method === 'PUT' && id !== undefined && id !== own)
    report(
      '.request.url',
      'bundle-request-id',
      'What is put under an address has its id. Give the resource the id that the address ends with.',
      own === undefined ? 'warning' : 'error',
    )
}

/** Each entry of a Bundle by itself. */
export const checkEntries: Check = (spot: Spot, run: Run): void => {
  const bundle = spot.value as Node
  for (const entry of entriesOf(spot)) {
    checkAddress(entry, bundle, run)
    checkRequest(entry, bundle, run)
  }
}
