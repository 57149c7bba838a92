import { has, type Invariant, isDistinct, type Node, node, nodes } from './invariant.ts'

const typeIn = (bundle: Node, ...types: readonly string[]): boolean => types.includes(String(bundle['type']))

const requestsFit = (bundle: Node): boolean => {
  const expected = typeIn(bundle, 'batch', 'transaction', 'history')
  return nodes(bundle, 'entry').every((entry) => has(entry, 'request') === expected)
}

const responsesFit = (bundle: Node): boolean => {
  const expected = typeIn(bundle, 'batch-response', 'transaction-response', 'history')
  return nodes(bundle, 'entry').every((entry) => has(entry, 'response') === expected)
}

const versionedUrl = (entry: Node): string => {
  const resource = node(entry, 'resource')
  const version = resource === undefined ? undefined : node(resource, 'meta')?.['versionId']
  return `${String(entry['fullUrl'])} ${String(version ?? '')}`
}

const isEachItsOwn = (entries: readonly Node[]): boolean =>
  isDistinct(entries.map((entry) => entry['fullUrl'])) || isDistinct(entries.map(versionedUrl))

const firstResource = (bundle: Node): unknown => {
  const [entry] = nodes(bundle, 'entry')
  return entry === undefined ? undefined : node(entry, 'resource')?.['resourceType']
}

const hasIdentifier = (bundle: Node): boolean => {
  const identifier = node(bundle, 'identifier')
  return identifier !== undefined && has(identifier, 'system') && has(identifier, 'value')
}

/** http://hl7.org/fhir/R4/bundle.html#invs */
export const BUNDLE_INVARIANTS: readonly Invariant[] = [
  {
    key: 'bdl-1',
    path: 'Bundle',
    onlyWith: ['total'],
    holds: (bundle) => !has(bundle, 'total') || typeIn(bundle, 'searchset', 'history'),
    text: 'total is only for a searchset or history. Leave it out.',
  },
  {
    key: 'bdl-2',
    path: 'Bundle',
    onlyWith: ['entry'],
    holds: (bundle) => typeIn(bundle, 'searchset') || nodes(bundle, 'entry').every((entry) => !has(entry, 'search')),
    text: 'entry.search is only for a searchset. Leave it out.',
  },
  {
    key: 'bdl-3',
    path: 'Bundle',
    onlyWith: ['entry'],
    holds: requestsFit,
    text: 'Each entry of a batch, transaction or history needs a request, and no entry of another Bundle has one.',
  },
  {
    key: 'bdl-4',
    path: 'Bundle',
    onlyWith: ['entry'],
    holds: responsesFit,
    text: 'Each entry of a batch-response, transaction-response or history needs a response, and no entry of another Bundle has one.',
  },
  {
    key: 'bdl-5',
    path: 'Bundle.entry',
    holds: (entry) => has(entry, 'resource') || has(entry, 'request') || has(entry, 'response'),
    text: 'An entry needs a resource, a request or a response.',
  },
  {
    key: 'bdl-7',
    path: 'Bundle',
    onlyWith: ['entry'],
    holds: (bundle) =>
      typeIn(bundle, 'history') || isEachItsOwn(nodes(bundle, 'entry').filter((entry) => has(entry, 'fullUrl'))),
    text: 'No two entries may have the same fullUrl, unless their resources differ in meta.versionId. Give each its own, e.g. urn:uuid:….',
  },
  {
    key: 'bdl-8',
    path: 'Bundle.entry',
    onlyWith: ['fullUrl'],
    holds: (entry) => typeof entry['fullUrl'] !== 'string' || !entry['fullUrl'].includes('/_history/'),
    text: 'fullUrl must not name a version. Leave out /_history/….',
  },
  {
    key: 'bdl-9',
    path: 'Bundle',
    holds: (bundle) => !typeIn(bundle, 'document') || hasIdentifier(bundle),
    text: 'A document needs an identifier with system and value.',
  },
  {
    key: 'bdl-10',
    path: 'Bundle',
    holds: (bundle) => !typeIn(bundle, 'document') || has(bundle, 'timestamp'),
    text: 'A document needs a timestamp.',
  },
  {
    key: 'bdl-11',
    path: 'Bundle',
    holds: (bundle) => !typeIn(bundle, 'document') || firstResource(bundle) === 'Composition',
    text: 'The first resource of a document must be its Composition.',
  },
  {
    key: 'bdl-12',
    path: 'Bundle',
    holds: (bundle) => !typeIn(bundle, 'message') || firstResource(bundle) === 'MessageHeader',
    text: 'The first resource of a message must be its MessageHeader.',
  },
]
