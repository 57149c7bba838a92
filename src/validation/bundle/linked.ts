import { shownValue } from '../findings/finding.ts'
import { isNode, type Node } from '../invariants/invariant.ts'
import { type Check, expressionOf, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf } from './entry.ts'
import { stylesOf } from './links.ts'
import { literalsIn, referencesWhere } from './literals.ts'
import { checkRelative, strayingFrom } from './relative.ts'

/** More characters than an address has. */
const LONGEST_ADDRESS = 2_000

/** The length and the last letter of a text, which tell most texts from those that are looked for. */
const outlineOf = (text: string, length = text.length): number =>
  length * 0x10000 + (text === '' ? 0 : text.charCodeAt(text.length - 1))

/**
 * Outlines of the texts by which entries are referred to: the address of each, what is left of it behind a slash, which a reference that is relative to
 * another address says, the type and id of its resource, and the address that this has as a definition.
 */
const outlinesOf = (entries: readonly Entry[]): ReadonlySet<number> => {
  const outlines = new Set<number>()
  for (const { resource, fullUrl = '' } of entries) {
    if (resource === undefined) continue
    const { url, id } = resource.value as { url?: unknown; id?: unknown }
    outlines.add(outlineOf(fullUrl)).add(outlineOf(`${resource.type}/${String(id)}`))
    if (typeof url === 'string') outlines.add(outlineOf(url))
    for (let at = fullUrl.indexOf('/'); at !== -1; at = fullUrl.indexOf('/', at + 1))
      outlines.add(outlineOf(fullUrl, fullUrl.length - at - 1))
  }
  return outlines
}

/** Every text below an element that may be the address of an entry: of a reference, an attachment, a definition. What has another outline is none. */
const addressesIn = (outlines: ReadonlySet<number>): typeof literalsIn => {
  const collect: typeof literalsIn = (value, into) => {
    if (typeof value === 'string') {
      if (value.length > LONGEST_ADDRESS) return
      const bar = value.indexOf('|')
      const address = bar === -1 ? value : value.slice(0, bar)
      if (outlines.has(outlineOf(address)) || address.includes('/_history/')) into.push(address)
    } else if (Array.isArray(value)) for (const item of value) collect(item, into)
    else if (isNode(value)) for (const name in value) collect(value[name], into)
  }
  return collect
}

/** What `collect` finds in the resource of each entry. */
const textsIn = (entries: readonly Entry[], collect: typeof literalsIn): readonly (readonly string[])[] =>
  entries.map(({ resource }) => {
    const texts: string[] = []
    if (resource !== undefined) collect(resource.value, texts)
    return texts
  })

/** The indices of the entries that one leads to; some are led to more than once. */
type Leads = (from: number) => readonly number[]

/** Which entries each one leads to by the texts that were found in it, told when it is asked. */
const leadsBy = (entries: readonly Entry[], texts: readonly (readonly string[])[], run: Run): Leads => {
  const indexOf = new Map<unknown, number>()
  entries.forEach(({ resource }, index) => {
    if (resource === undefined) return
    const { url } = resource.value as { url?: unknown }
    if (typeof url === 'string') indexOf.set(url, index)
    indexOf.set(resource.value, index)
  })
  return (from) => {
    const resource = entries[from]?.resource
    const found: number[] = []
    if (resource === undefined) return found
    for (const text of texts[from] ?? []) {
      if (text.startsWith('#')) continue
      const target = indexOf.get(run.resolve(resource, text)?.value) ?? indexOf.get(text)
      if (target !== undefined) found.push(target)
    }
    return found
  }
}

/** Those that each leads to or that lead to it. */
const bothWays = (leads: Leads, entries: readonly Entry[]): Leads => {
  const around = entries.map((): number[] => [])
  for (const from of entries.keys())
    for (const to of leads(from)) {
      around[from]?.push(to)
      around[to]?.push(from)
    }
  return (from) => around[from] ?? []
}

const reached = (starts: readonly number[], leads: Leads): ReadonlySet<number> => {
  const found = new Set(starts)
  for (const index of found) for (const next of leads(index)) found.add(next)
  return found
}

/** What may refer to the rest of a document without being referred to itself (http://hl7.org/fhir/R4/documents.html#content). */
const BESIDE = 'Provenance'

/**
 * The resources of a document and of a message hang together with the first one (http://hl7.org/fhir/R4/documents.html#content, messaging.html). Most
 * do by references; addresses of other kinds, such as that of an attachment, are looked through where those do not reach all. What a document is not
 * led to from its Composition may be overlooked by who reads it.
 */
const checkReachable = (
  bundle: Spot,
  entries: readonly Entry[],
  literals: readonly (readonly string[])[],
  run: Run,
): void => {
  const isDocument = (bundle.value as Node)['type'] === 'document'
  const starts = [0, ...stylesOf(bundle, entries)]
  const leadsDirectly = leadsBy(entries, literals, run)
  const direct = reached(starts, isDocument ? leadsDirectly : bothWays(leadsDirectly, entries))
  if (entries.every(({ resource }, index) => resource === undefined || direct.has(index))) return
  const leads = leadsBy(entries, textsIn(entries, addressesIn(outlinesOf(entries))), run)
  const tied = reached(starts, bothWays(leads, entries))
  const led = isDocument ? reached(starts, leads) : tied
  entries.forEach(({ spot, resource }, index) => {
    if (resource === undefined || led.has(index) || (tied.has(index) && resource.type === BESIDE)) return
    const isTied = tied.has(index)
    run.report({
      severity: isDocument && !isTied ? 'error' : 'warning',
      code: 'informational',
      key: isTied ? 'bundle-entry-backwards' : 'bundle-entry-unreached',
      text: isTied
        ? `Nothing leads from the Composition to this ${resource.type}, which only refers to what else is in the document.`
        : `Nothing leads from the first entry to this ${resource.type}: neither a reference to it nor one from it.`,
      expression: expressionOf(spot),
      hint: `Refer to it from the ${isDocument ? 'Composition' : 'MessageHeader'} or from what that refers to, or leave it out.`,
    })
  })
}

/** Elements of the first resource that refer to what is in the Bundle (http://hl7.org/fhir/R4/documents.html#content, messaging.html#assembling). */
const INSIDE: Readonly<Record<string, readonly string[]>> = {
  Composition: ['subject', 'encounter', 'author', 'attester', 'custodian', 'event', 'section'],
  MessageHeader: ['focus'],
}

const checkFirst = (first: Spot, all: readonly string[], isStray: (reference: string) => boolean, run: Run): void => {
  // Of a URN it is told with the reference itself, of one that leads astray by `checkRelative`.
  const isMissing = (reference: string): boolean =>
    !reference.startsWith('urn:uuid:') && run.resolve(first, reference) === undefined && !isStray(reference)
  // Where each stands is written out only where one is missing.
  if (!all.some(isMissing)) return
  for (const name of INSIDE[first.type] ?? []) {
    const held = (first.value as Readonly<Record<string, unknown>>)[name]
    for (const [reference, place] of referencesWhere(isMissing, held, `.${name}`)) {
      run.report({
        severity: 'error',
        code: 'not-found',
        key: 'bundle-reference-unresolved',
        text: `The ${first.type} refers to what is not in the Bundle.`,
        expression: expressionOf(first) + place,
        value: shownValue(reference),
        expected: 'the fullUrl of an entry',
        hint: 'Add the resource as an entry, or correct the reference to be its fullUrl.',
      })
    }
  }
}

/** How the entries of a Bundle hang together. */
export const checkLinked: Check = (spot, run) => {
  const { type } = spot.value as Readonly<{ type?: unknown }>
  if (type !== 'document' && type !== 'message') return
  const entries = entriesOf(spot)
  const literals = textsIn(entries, literalsIn)
  const isStray = strayingFrom(entries)
  checkRelative(entries, literals, isStray, run)
  const [first] = entries
  if (first?.resource?.type !== (type === 'document' ? 'Composition' : 'MessageHeader')) return
  checkFirst(first.resource, literals[0] ?? [], (reference) => isStray(reference, first.fullUrl), run)
  checkReachable(spot, entries, literals, run)
}
