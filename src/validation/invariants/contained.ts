import { type Invariant, isNode, type Node, node, nodes } from './invariant.ts'

const known = new WeakMap<object, ReadonlyMap<string, Node>>()

/** The contained resources of a resource by how they are referred to (`#id`), looked through once however many references there are. */
export const containedIn = (root: Node): ReadonlyMap<string, Node> => {
  const list = root['contained']
  if (!Array.isArray(list)) return new Map()
  let found = known.get(list)
  if (found === undefined) {
    found = new Map(nodes(root, 'contained').map((inner) => [`#${String(inner['id'])}`, inner]))
    known.set(list, found)
  }
  return found
}

/** What the links and images of a narrative lead to, within the same resource. */
const LOCAL_LINK = /(?:href|src)\s*=\s*["'](#[^"'<]+)/g

/** Every string of an element and what is below it that begins with `#`, and every such link of a narrative. */
const localReferences = (value: unknown, found: Set<string>): Set<string> => {
  if (typeof value === 'string') {
    if (value.startsWith('#')) found.add(value)
    else if (value.startsWith('<div') && value.includes('#'))
      for (const [, link] of value.matchAll(LOCAL_LINK)) found.add(link as string)
  } else if (Array.isArray(value)) {
    for (const item of value) localReferences(item, found)
  } else if (isNode(value)) {
    for (const name in value) localReferences(value[name], found)
  }
  return found
}

const areReferredTo = (resource: Node): boolean => {
  const contained = nodes(resource, 'contained')
  if (contained.length === 0) return true
  const references = localReferences(resource, new Set())
  return contained.every(
    (inner) => references.has(`#${String(inner['id'])}`) || localReferences(inner, new Set()).has('#'),
  )
}

const metaHas = (inner: Node, name: string): boolean => node(inner, 'meta')?.[name] !== undefined

/** http://hl7.org/fhir/R4/domainresource.html#invs and http://hl7.org/fhir/R4/references.html#contained */
export const CONTAINED_INVARIANTS: readonly Invariant[] = [
  {
    key: 'dom-2',
    path: 'DomainResource',
    onlyWith: ['contained'],
    holds: (resource) => nodes(resource, 'contained').every((inner) => inner['contained'] === undefined),
    text: 'A contained resource must not contain resources itself. Put them all in the outer resource.',
  },
  {
    key: 'dom-3',
    path: 'DomainResource',
    onlyWith: ['contained'],
    holds: areReferredTo,
    text: 'Each contained resource must be referred to (#id) from the resource that contains it, or refer to it. Add the reference, or leave the contained resource out.',
  },
  {
    key: 'dom-4',
    path: 'DomainResource',
    onlyWith: ['contained'],
    holds: (resource) =>
      nodes(resource, 'contained').every((inner) => !metaHas(inner, 'versionId') && !metaHas(inner, 'lastUpdated')),
    text: 'A contained resource has no version of its own. Leave out meta.versionId and meta.lastUpdated.',
  },
  {
    key: 'dom-5',
    path: 'DomainResource',
    onlyWith: ['contained'],
    holds: (resource) => nodes(resource, 'contained').every((inner) => !metaHas(inner, 'security')),
    text: 'A contained resource has no security label of its own. Put the label on the outer resource.',
  },
  {
    key: 'ref-1',
    path: 'Reference',
    onlyWith: ['reference'],
    holds: ({ reference }, root) => {
      if (typeof reference !== 'string' || !reference.startsWith('#') || reference === '#') return true
      return containedIn(root).has(reference)
    },
    text: 'A reference that begins with "#" must name a contained resource. Contain it, or refer to it as Type/id.',
  },
]
