/** The links of a Bundle: to itself, between the pages of what was found, to the style of a document (http://hl7.org/fhir/R4/bundle.html). */
import { childOrSelf, childrenNamed } from '../children.ts'
import { shownValue } from '../findings/finding.ts'
import { isAbsolute } from '../references/references.ts'
import { type Check, findingAt, type Run, type Spot } from '../spot.ts'
import { type Entry, entriesOf, nameOf } from './entry.ts'

/** Relations between the pages of an answer, which only what was found comes in (http://hl7.org/fhir/R4/http.html#paging). */
const OF_PAGES: ReadonlySet<unknown> = new Set(['first', 'previous', 'next', 'last'])
const IN_PAGES: ReadonlySet<unknown> = new Set(['searchset', 'history'])

type Link = Readonly<{ spot: Spot; relation: unknown; url: unknown }>

const linksOf = (bundle: Spot): readonly Link[] =>
  childrenNamed(bundle, 'link').map((spot) => {
    const { relation, url } = spot.value as Readonly<{ relation?: unknown; url?: unknown }>
    return { spot, relation, url }
  })

/** The address of what a Bundle itself is, e.g. of the search as it was understood. */
export const selfOf = (bundle: Spot): string | undefined => {
  const url = linksOf(bundle).find(({ relation }) => relation === 'self')?.url
  return typeof url === 'string' ? url : undefined
}

/** How a document names the resource that says how it is set: as `Type/id`. */
const isStyle = ({ relation, url }: Link): boolean =>
  relation === 'stylesheet' && typeof url === 'string' && !isAbsolute(url)

/** The indices of the entries that the links of a document lead to. */
export const stylesOf = (bundle: Spot, entries: readonly Entry[]): readonly number[] => {
  const urls = new Set(linksOf(bundle).flatMap((link) => (isStyle(link) ? [link.url] : [])))
  return urls.size === 0 ? [] : entries.flatMap((entry, index) => (urls.has(nameOf(entry)) ? [index] : []))
}

const checkRelation = ({ spot, relation }: Link, isPaged: boolean, isFirst: boolean, run: Run): void => {
  const isOfPages = OF_PAGES.has(relation)
  if (isOfPages && !isPaged)
    run.report(
      findingAt(
        childOrSelf(spot, 'relation'),
        'bundle-link-paging',
        'invalid',
        'Only what a search or a history found comes in pages.',
        { value: shownValue(relation), expected: 'another relation', hint: 'Leave the link out.' },
      ),
    )
  else if (!isFirst && (isOfPages || relation === 'self'))
    run.report(
      findingAt(childOrSelf(spot, 'relation'), 'bundle-link-twice', 'invalid', 'Two links have the same relation.', {
        value: shownValue(relation),
        expected: 'one link of each relation',
        hint: 'Leave one of them out.',
      }),
    )
}

/** A page is linked to once for each relation, the result of a search says what was searched for, and the style of a document is in it or on the web. */
export const checkLinks: Check = (spot, run) => {
  const { type } = spot.value as Readonly<{ type?: unknown }>
  const links = linksOf(spot)
  if (type === 'searchset' && !links.some(({ relation }) => relation === 'self'))
    run.report(
      findingAt(spot, 'bundle-self-link', 'required', 'The result of a search says by a link what was searched for.', {
        severity: 'warning',
        expected: 'a link with the relation self',
        hint: 'Add a link to the search as it was understood.',
      }),
    )
  const seen = new Set<unknown>()
  const names = type === 'document' && links.some(isStyle) ? new Set<unknown>(entriesOf(spot).map(nameOf)) : undefined
  for (const link of links) {
    checkRelation(link, IN_PAGES.has(type), !seen.has(link.relation), run)
    seen.add(link.relation)
    if (names === undefined || !isStyle(link) || names.has(link.url)) continue
    run.report(
      findingAt(
        childOrSelf(link.spot, 'url'),
        'bundle-stylesheet',
        'not-found',
        'The document has no such style in it.',
        {
          value: shownValue(link.url),
          expected: 'Type/id of a resource in an entry, or an address on the web',
          hint: 'Add the resource with the style as an entry, or leave the link out.',
        },
      ),
    )
  }
}
