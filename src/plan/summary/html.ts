import { createHash } from 'node:crypto'
import type { Bundle, Composition, CompositionSection, Patient } from 'fhir/r4.js'
import { IDENTIFIER_SYSTEM } from '../../fhir/identifier.ts'
import { SYSTEM } from '../codes.ts'
import { shownDay, shownMoment } from './dates.ts'
import { type ReadIdentity, readIdentity } from './identity.ts'
import { escapeText, NARRATIVE_ELEMENTS } from './narrative.ts'
import { summaryOrder } from './order.ts'
import { STYLE } from './style.ts'

/** What the page may load: its own style and nothing else, scripts least of all. For the header of the response as well as in the page. */
export const SUMMARY_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/**
 * A summary or tombstone as one self-contained HTML page: the narratives of its sections in their order, under a banner that says whose it is.
 * A narrative is let through only as far as it is made of the elements that KeyPlan writes; everything else in it becomes text.
 * Throws a TypeError where the Bundle does not begin with a Composition.
 */
export const summaryHtml = (bundle: Bundle): string => {
  const composition = bundle.entry?.[0]?.resource
  if (composition?.resourceType !== 'Composition')
    throw new TypeError('The document does not begin with a Composition.')
  const patient = bundle.entry?.map(({ resource }) => resource).find((resource) => resource?.resourceType === 'Patient')
  return page(bundle, composition as Composition, patient === undefined ? undefined : readIdentity(patient as Patient))
}

const page = (bundle: Bundle, composition: Composition, identity: ReadIdentity | undefined): string =>
  `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="${escapeText(SUMMARY_PAGE_POLICY)}">
<title>${escapeText(composition.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
${banner(identity)}
<p class="edition"><strong>${escapeText(composition.title)}</strong> ${edition(bundle)}</p>
</header>
<main>
${(composition.section ?? []).map(section).join('\n')}
</main>
</body>
</html>
`

const banner = (identity: ReadIdentity | undefined): string => {
  if (identity === undefined) return ''
  const { name, knownAs, birthDate, identifiers } = identity
  const facts = [
    ...(knownAs === undefined ? [] : [`<div><dt>Known as</dt><dd>${escapeText(knownAs)}</dd></div>`]),
    `<div><dt>Born</dt><dd>${escapeText(shownDay(birthDate) ?? 'not recorded')}</dd></div>`,
    ...identifiers.map(
      ({ system, label, value }) =>
        `<div><dt>${escapeText(label)}</dt><dd>${escapeText(grouped(system, value))}</dd></div>`,
    ),
  ]
  return `<h1>${escapeText(name ?? 'Name not recorded')}</h1>\n<dl>${facts.join('')}</dl>`
}

/** NHS and H&C numbers are read out as 3-3-4, a CHI number as its birth digits and the rest. */
const grouped = (system: string, value: string): string =>
  value.replace(
    system === IDENTIFIER_SYSTEM.chi ? /^(\d{6})(\d{4})$/ : /^(\d{3})(\d{3})(\d{4})$/,
    (_whole, ...groups) =>
      groups.filter((group) => typeof group === 'string' && /^\d{3,6}$/.test(group)).join('\u00a0'),
  )

const edition = (bundle: Bundle): string => {
  const order = summaryOrder(bundle)
  const moment = new Date(bundle.timestamp ?? '')
  return [
    Number.isNaN(moment.getTime()) ? undefined : `as at ${shownMoment(moment)}`,
    order === undefined ? undefined : `sequence ${order.sequence}`,
  ]
    .filter((part) => part !== undefined)
    .join(', ')
}

const section = ({ title, code, text, emptyReason }: CompositionSection): string => {
  const name = code?.coding?.find(({ system }) => system === SYSTEM.summarySection)?.code ?? 'other'
  const kind = emptyReason === undefined ? name : `${name} empty`
  return `<section class="${escapeText(kind)}">\n<h2>${escapeText(title ?? name)}</h2>\n${safeNarrative(text?.div ?? '')}\n</section>`
}

const TAG = new RegExp(
  `<(/?)(div|${NARRATIVE_ELEMENTS.join('|')})(?: xmlns="http://www\\.w3\\.org/1999/xhtml")?(?: class="([a-z -]+)")?(/?)>`,
  'g',
)
/** A character reference that `escapeText` writes; any other ampersand is text. */
const REFERENCE = /&(?!(?:amp|lt|gt|quot|#39);)/g

/** XHTML as HTML, cut down to what KeyPlan's own narratives are made of: known elements, properly nested, with at most a class. */
export const safeNarrative = (xhtml: string): string => {
  const open: string[] = []
  let html = ''
  let position = 0
  for (const tag of xhtml.matchAll(TAG)) {
    const [whole, closing, name = '', kind, selfClosing] = tag
    html += safeText(xhtml.slice(position, tag.index))
    position = tag.index + whole.length
    if (name === 'br') html += selfClosing === '/' ? '<br>' : safeText(whole)
    else if (closing === '/' && open.at(-1) === name) html += `</${open.pop()}>`
    else if (closing === '/' || selfClosing === '/') html += safeText(whole)
    else {
      open.push(name)
      html += kind === undefined ? `<${name}>` : `<${name} class="${kind}">`
    }
  }
  html += safeText(xhtml.slice(position))
  return (
    html +
    open
      .reverse()
      .map((name) => `</${name}>`)
      .join('')
  )
}

const safeText = (text: string): string =>
  text.replace(REFERENCE, '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
