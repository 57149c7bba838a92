/** What an entry of a transaction or batch asks for (http://hl7.org/fhir/R4/http.html#transaction). */
import { isConcreteType } from '../../definitions/tables.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { expressionOf, type Run } from '../spot.ts'
import type { Entry } from './entry.ts'

/** Reports something about the request, at a place below the entry. */
type Report = (below: string, key: string, text: string, severity?: 'error' | 'warning') => void
type Asked = Readonly<{
  method: unknown
  /** The type that the address names, the id after it, and whether there is a query; undefined for what is no address of a type. */
  address: Readonly<{ type: string; id: string | undefined; hasQuery: boolean }> | undefined
  resource: Entry['resource']
  report: Report
}>

const NEEDS_RESOURCE: ReadonlySet<unknown> = new Set(['POST', 'PUT', 'PATCH'])
const HAS_NONE: ReadonlySet<unknown> = new Set(['GET', 'HEAD', 'DELETE'])

/** An operation or a search may be called with nothing, and with anything. */
const isCall = (url: string): boolean => url.includes('$') || /\/_search(?:\?|$)/.test(url)

const ADDRESS = /^\/?(?:https?:\/\/[^?]+\/)?([A-Z][A-Za-z]*)(?:\/([A-Za-z0-9\-.]{1,64}))?(\?.*)?$/

const checkResource = ({ method, address, resource, report }: Asked): void => {
  if (NEEDS_RESOURCE.has(method) && resource === undefined)
    report('', 'bundle-request-resource', `A request with ${String(method)} needs a resource. Add it to the entry.`)
  else if (HAS_NONE.has(method) && resource !== undefined)
    report('.resource', 'bundle-request-resource', `A request with ${String(method)} has no resource. Leave it out.`)
  else if (
    (method === 'POST' || method === 'PUT') &&
    resource !== undefined &&
    address !== undefined &&
    address.type !== resource.type
  )
    report(
      '.request.url',
      'bundle-request-type',
      `The request is about a ${address.type}, and the resource of the entry is a ${resource.type}.`,
    )
}

/** Which interaction there is for a method at an address (http://hl7.org/fhir/R4/http.html). */
const checkInteraction = ({ method, address, resource, report }: Asked): void => {
  if (address === undefined) return
  const { type, id, hasQuery } = address
  if (method === 'POST' && id !== undefined)
    report(
      '.request.url',
      'bundle-request-url',
      `What is created has no address yet: POST goes to ${type}, and PUT to ${type}/id.`,
      'warning',
    )
  if ((method === 'PUT' || method === 'DELETE') && id === undefined && !hasQuery)
    report(
      '.request.url',
      'bundle-request-url',
      `This does not say which ${type} is meant. Name one by its id, or by a search such as ${type}?identifier=….`,
    )
  const own = resource === undefined ? undefined : (resource.value as Node)['id']
  // A server answers 400 to either (http://hl7.org/fhir/R4/http.html#update).
  if (method === 'PUT' && resource?.type === type && id !== undefined && id !== own)
    report(
      '.request.url',
      'bundle-request-id',
      'What is put under an address has its id. Give the resource the id that the address ends with.',
      own === undefined ? 'warning' : 'error',
    )
}

export const checkRequest = ({ spot, resource }: Entry, run: Run): void => {
  const request = isNode(spot.value) ? spot.value['request'] : undefined
  if (!isNode(request)) return
  const { method, url } = request
  if (typeof url !== 'string' || isCall(url)) return
  const [, type, id, query] = ADDRESS.exec(url) ?? []
  const address = type !== undefined && isConcreteType(type) ? { type, id, hasQuery: query !== undefined } : undefined
  const report: Report = (below, key, text, severity = 'error') =>
    run.report({ severity, code: 'invalid', key, text, expression: `${expressionOf(spot)}${below}` })
  const asked: Asked = { method, address, resource, report }
  checkResource(asked)
  checkInteraction(asked)
}
