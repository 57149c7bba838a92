import { isPrimitive, isResourceType, propertiesOf } from '../../definitions/tables.ts'
import { copyDecimalTexts } from '../../fhir/decimal.ts'
import { problem } from '../../fhir/outcome.ts'
import type { Resource } from '../../fhir/resource.ts'

/** What a link becomes; undefined where it stays as it is. */
export type Rename = (link: string) => string | undefined

/** The types of elements that hold nothing but a link (http://hl7.org/fhir/R4/http.html#trules). A canonical names what it names everywhere. */
const LINKS: readonly string[] = ['uri', 'url', 'oid', 'uuid']

/** Of these the types that can hold no address of a resource, which is what a link becomes. */
const NO_ADDRESS: readonly string[] = ['oid', 'uuid']

/**
 * A deep copy with its links renamed: in references, in elements of the types uri, url, oid and uuid, and in the href and src of narratives
 * (http://hl7.org/fhir/R4/http.html#trules). A document is left as it is: what it holds is linked within it. What R4 does not know is left alone too.
 * Throws `bad-request` where a link stands in an element of a type that cannot hold what it becomes.
 */
export const renameLinks = <R extends Resource>(resource: R, rename: Rename): R =>
  resource.resourceType === 'Bundle' ? resource : (renameIn(resource, 'Resource', rename) as R)

const renameIn = (value: unknown, type: string, rename: Rename): unknown => {
  if (Array.isArray(value)) return value.map((item) => renameIn(item, type, rename))
  if (typeof value === 'string') {
    if (LINKS.includes(type)) return renamedIn(type, value, rename)
    return type === 'xhtml' ? renameInNarrative(value, rename) : value
  }
  if (typeof value !== 'object' || value === null) return value
  const path = type === 'Resource' ? (value as { resourceType?: unknown }).resourceType : type
  if (typeof path !== 'string' || (type === 'Resource' && !isResourceType(path))) return value
  const properties = isPrimitive(path) ? propertiesOf('Element') : propertiesOf(path)
  const copy: Record<string, unknown> = {}
  for (const [name, child] of Object.entries(value)) {
    // What stands beside a primitive value is an element of its own.
    const known = properties.get(name)?.type.code ?? (name.startsWith('_') ? 'Element' : undefined)
    if (known === undefined) copy[name] = child
    else if (path === 'Reference' && name === 'reference' && typeof child === 'string')
      copy[name] = rename(child) ?? child
    else copy[name] = renameIn(child, known, rename)
  }
  copyDecimalTexts(value, copy)
  return copy
}

const renamedIn = (type: string, link: string, rename: Rename): string => {
  const renamed = rename(link)
  if (renamed !== undefined && NO_ADDRESS.includes(type))
    throw problem(
      'bad-request',
      'link-without-place',
      `An element of the type ${type} names an entry of this request, and cannot hold the address that the entry gets. Refer to it by a Reference, a uri or a url, or give a ${type} that is no fullUrl.`,
      { code: 'value' },
    )
  return renamed ?? link
}

/** The href of a link or the src of an image, with its quotation marks. It stops at the next tag, so that it takes time in proportion to the length. */
const ATTRIBUTE = /(<(?:a|img)\s[^<>]*?\b(?:href|src)\s*=\s*)(?:"([^"<]*)"|'([^'<]*)')/g

const renameInNarrative = (xhtml: string, rename: Rename): string =>
  xhtml.replace(ATTRIBUTE, (whole, before: string, double: string | undefined, single: string | undefined) => {
    const renamed = rename(double ?? single ?? '')
    return renamed === undefined ? whole : `${before}"${renamed}"`
  })
