/** Definitions that are read as a table: maps between codes, and search parameters. */
import type { ConceptMap, ConceptMapGroup, ConceptMapGroupElementTarget, SearchParameter } from 'fhir/r4.js'
import { escapeText } from '../../plan/summary/narrative.ts'
import { canonicalLink, type Up } from './layout.ts'

/** What the second code is beside the first, by ConceptMap.group.element.target.equivalence (http://hl7.org/fhir/R4/valueset-concept-map-equivalence.html). */
const BESIDE: Readonly<Record<ConceptMapGroupElementTarget['equivalence'], string>> = {
  relatedto: 'related',
  equivalent: 'the same',
  equal: 'the same',
  wider: 'wider',
  subsumes: 'wider',
  narrower: 'narrower',
  specializes: 'narrower',
  inexact: 'not quite the same',
  unmatched: 'none',
  disjoint: 'another thing',
}

const named = (code: string | undefined, display: string | undefined): string =>
  `${code === undefined ? '' : `<code>${escapeText(code)}</code>`} ${escapeText(display ?? '')}`.trim()

const groupTable = (up: Up, { source = '', target = '', element }: ConceptMapGroup): string => {
  const rows = element.flatMap(({ code, display, target: targets = [] }) =>
    targets.map(
      (one) =>
        `<tr><th scope="row">${named(code, display)}</th><td>${named(one.code, one.display)}</td><td class="beside">${BESIDE[one.equivalence]}</td><td>${escapeText(one.comment ?? '')}</td></tr>`,
    ),
  )
  return `<table class="map">
<caption>From ${canonicalLink(up, source)} to ${canonicalLink(up, target)}</caption>
<thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Which is</th><th scope="col">Why</th></tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table>`
}

/** Each code with what it becomes, what that is beside it, and why. */
export const conceptMapTables = (up: Up, { group = [] }: ConceptMap): string =>
  group.map((one) => groupTable(up, one)).join('\n')

/** How it is asked for, and what it reads. */
export const searchParameterTable = ({
  base,
  code,
  type,
  comparator = [],
  expression = '',
}: SearchParameter): string => {
  const asked = base.map((one) => `<code>/fhir/${escapeText(one)}?${escapeText(code)}=…</code>`).join('<br>')
  const rows = [
    ['Asked as', asked],
    ['Type', escapeText(type)],
    ...(comparator.length === 0
      ? []
      : [['Before the value', comparator.map((one) => `<code>${escapeText(one)}</code>`).join(' ')]]),
    ['It reads', `<code>${escapeText(expression)}</code>`],
  ]
  return `<table class="map"><tbody>
${rows.map(([name, value]) => `<tr><th scope="row">${name}</th><td>${value}</td></tr>`).join('\n')}
</tbody></table>`
}
