import { isConcreteType } from '../../definitions/tables.ts'
import { shownValue } from '../findings/finding.ts'
import type { Node } from '../invariants/invariant.ts'
import { type Check, expressionOf, findingAt, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'
import { checkRequest } from './request.ts'

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
  const report = (key: string, text: string, more: { value?: string; expected?: string } = {}): void =>
    run.report(findingAt(spot, key, 'invalid', text, { ...more, expression: `${expressionOf(spot)}.fullUrl` }))

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

/** Each entry of a Bundle by itself. */
export const checkEntries: Check = (spot: Spot, run: Run): void => {
  const bundle = spot.value as Node
  const asks = bundle['type'] === 'transaction' || bundle['type'] === 'batch'
  for (const entry of entriesOf(spot)) {
    checkAddress(entry, bundle, run)
    if (asks) checkRequest(entry, run)
  }
}
