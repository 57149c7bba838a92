/** What literal references name (http://hl7.org/fhir/R4/references.html#literal). */
import { isConcreteType, remember } from '../../definitions/tables.ts'
import { entriesOf } from '../bundle/entry.ts'
import { childrenNamed } from '../children.ts'
import { isNode } from '../invariants/invariant.ts'
import { rootOf, type Spot } from '../spot.ts'

const RELATIVE = /^([A-Za-z]{1,64})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?(?:#.*)?$/
const ABSOLUTE = /^https?:\/\/.+\/([A-Z][A-Za-z]{1,63})\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/
/** `Patient?identifier=…`: a conditional reference of a transaction (http.html#trules). */
const CONDITIONAL = /^([A-Z][A-Za-z]{1,63})\?[_A-Za-z][^\s&=]*=[^\s&]*(?:&[_A-Za-z][^\s&=]*=[^\s&]*)*$/
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/
const RESTFUL = /^(https?:\/\/.+\/)[A-Z][A-Za-z]{1,63}\/[A-Za-z0-9\-.]{1,64}(?:\/_history\/.*)?$/
const VERSION = /\/_history\/[A-Za-z0-9\-.]{1,64}$/

/** True for a reference with a scheme: it says nothing of where it is read. */
export const isAbsolute = (literal: string): boolean => SCHEME.test(literal)

const typeIn = (literal: string): string | undefined => {
  const slash = literal.indexOf('/')
  const first = slash > 0 ? literal.slice(0, slash) : ''
  // By far the most, told without looking for a scheme.
  if (isConcreteType(first)) return RELATIVE.test(literal) ? first : undefined
  const type = isAbsolute(literal) ? ABSOLUTE.exec(literal)?.[1] : CONDITIONAL.exec(literal)?.[1]
  return type !== undefined && isConcreteType(type) ? type : undefined
}

let last: Readonly<{ literal: string; type: string | undefined }> = { literal: '', type: undefined }

/**
 * The resource type that a literal reference names by its form; undefined for one that names none, e.g. `urn:uuid:…` or `#id`. Several rules ask of
 * one reference after another, so the last answer is kept.
 */
export const typeNamed = (literal: string): string | undefined => {
  if (literal !== last.literal) last = { literal, type: typeIn(literal) }
  return last.type
}

/** Finds the resources that references name within what is validated, each Bundle looked through once. */
export const createResolver = (): ((from: Spot, reference: string) => Spot | undefined) => {
  const containedOf = onceFor(containedIn)
  const addressedOf = onceFor(addressedIn)
  const bases = new Map<unknown, string | undefined>()
  const baseIn = ({ value }: Spot): string | undefined => {
    const known = bases.get(value)
    if (known !== undefined || bases.has(value)) return known
    const base = isNode(value) ? baseOf(value['fullUrl']) : undefined
    bases.set(value, base)
    return base
  }
  const resolve = (root: Spot, reference: string): Spot | undefined => {
    if (reference === '#') return root
    if (reference.startsWith('#')) return containedOf(root).get(reference)
    const address = reference.includes('/_history/') ? reference.replace(VERSION, '') : reference
    for (let inner = root; inner.parent !== undefined; inner = rootOf(inner.parent)) {
      const entry = inner.parent
      const bundle = entry.resource
      if (bundle.type !== 'Bundle') continue
      const { byAddress, besideOf } = addressedOf(bundle)
      // A relative one is looked for beside the address of the entry (bundle.html#references).
      const base = isAbsolute(address) ? undefined : baseIn(entry)
      const found = base === undefined ? byAddress.get(address) : besideOf(base).get(address)
      if (found !== undefined) return found
    }
    return undefined
  }
  /** What a reference names from a resource is asked by the type, by each profile, and of a document as a whole. */
  const answers = new Map<unknown, Map<string, Spot | undefined>>()
  return (from, reference) => {
    const root = rootOf(from)
    // There is nothing around it that could be meant.
    if (root.parent === undefined && !reference.startsWith('#')) return undefined
    let ofRoot = answers.get(root.value)
    if (ofRoot === undefined) {
      ofRoot = new Map()
      answers.set(root.value, ofRoot)
    }
    let found = ofRoot.get(reference)
    if (found === undefined && !ofRoot.has(reference)) {
      found = resolve(root, reference)
      ofRoot.set(reference, found)
    }
    return found
  }
}

/** Made once for each element, whichever spot it is asked for by. */
const onceFor = <T>(make: (spot: Spot) => T): ((spot: Spot) => T) => {
  const known = new Map<unknown, T>()
  return (spot) => {
    const made = known.get(spot.value) ?? make(spot)
    known.set(spot.value, made)
    return made
  }
}

const containedIn = (root: Spot): ReadonlyMap<string, Spot> =>
  new Map(
    childrenNamed(root, 'contained').map((spot) => [`#${String((spot.value as { id?: unknown }).id)}`, spot] as const),
  )

/** The part of the address of an entry that what stands beside it has as well; undefined where nothing can stand beside it. */
export const baseOf = (fullUrl: unknown): string | undefined =>
  typeof fullUrl === 'string' ? RESTFUL.exec(fullUrl)?.[1] : undefined

/** The resources of a Bundle as they are referred to. */
type Addressed = Readonly<{
  /** By their addresses, and by `Type/id` for those who have no address to stand beside. */
  byAddress: ReadonlyMap<string, Spot>
  /** By what is left of their addresses behind one that they stand beside. */
  besideOf: (base: string) => ReadonlyMap<string, Spot>
}>

const addressedIn = (bundle: Spot): Addressed => {
  const byAddress = new Map<string, Spot>()
  for (const { resource, fullUrl } of entriesOf(bundle)) {
    if (resource === undefined) continue
    const { id } = resource.value as { id?: unknown }
    if (fullUrl !== undefined && !byAddress.has(fullUrl)) byAddress.set(fullUrl, resource)
    const relative = `${resource.type}/${String(id)}`
    if (id !== undefined && !byAddress.has(relative)) byAddress.set(relative, resource)
  }
  const besideOf = remember((base) => {
    const beside = new Map<string, Spot>()
    for (const [address, resource] of byAddress)
      if (address.startsWith(base)) beside.set(address.slice(base.length), resource)
    return beside
  })
  return { byAddress, besideOf }
}
