import { createHash } from 'node:crypto'
import type { Bundle, CompositionSection } from 'fhir/r4.js'
import { SYSTEM } from '../codes.ts'
import { type Matrix, matrixSvg } from './matrix.ts'
import { escapeText, NARRATIVE_ELEMENTS } from './narrative.ts'
import { STYLE } from './style.ts'
import { type DocumentView, documentView } from './view.ts'

/** What the page may load: its own style and nothing else, scripts least of all. For the header of the response as well as in the page. */
export const SUMMARY_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'`

/**
 * A document (summary, tombstone, emergency-care plan) as one self-contained HTML page: the narratives of its sections in their order, under a
 * banner that says whose it is. A narrative is let through only as far as it is made of the elements that KeyPlan writes; everything else in
 * it becomes text. `code` is the QR code of the plan, for a page that may be printed.
 * Throws a TypeError where the Bundle does not begin with a Composition.
 */
export const summaryHtml = (bundle: Bundle, code?: Matrix): string => {
  const view = documentView(bundle)
  const { composition, title, mark } = view
  return `<!DOCTYPE html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta http-equiv="Content-Security-Policy" content="${escapeText(SUMMARY_PAGE_POLICY)}">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
${code === undefined ? '' : matrixSvg(code, 'QR code of this plan: id, version and check code')}${banner(view)}
<p class="edition"><strong>${escapeText(title)}</strong> ${escapeText(view.edition)}</p>
</header>
<main${mark === undefined ? '' : ` class="marked marked-${mark.toLowerCase()}"`}>
${(composition.section ?? []).map(section).join('\n')}
</main>
</body>
</html>
`
}

const banner = ({ identity, facts }: DocumentView): string =>
  identity === undefined
    ? ''
    : `<h1>${escapeText(identity.name ?? 'Name not recorded')}</h1>\n<dl>${facts
        .map(([label, value]) => `<div><dt>${escapeText(label)}</dt><dd>${escapeText(value)}</dd></div>`)
        .join('')}</dl>`

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
