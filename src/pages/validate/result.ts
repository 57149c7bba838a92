import type { Issue } from '../../fhir/outcome.ts'
import { escapeText } from '../../plan/summary/narrative.ts'

/** What the page shows of a finding. */
export type Found = Issue &
  Readonly<{ value?: string; expected?: string; rule?: string; profile?: string; hint?: string }>

/** What was found in a text, in the order in which it is to be read; what was checked, and what could not be. */
export type Checked = Readonly<{
  findings: readonly Found[]
  checked: readonly string[]
  notChecked: readonly string[]
}>

/** Lines of the text that are shown around the first of those that findings are about, where it is longer than that; and characters of each. */
const MOST_LINES = 3_000
const LONGEST_LINE = 2_000

type Level = 'error' | 'warning' | 'note'
const LEVEL: Readonly<Record<Issue['severity'], Level>> = {
  fatal: 'error',
  error: 'error',
  warning: 'warning',
  information: 'note',
}

/** What is wrong, the worst first, and beside it the text with its lines marked; each leads to the other. */
export const resultHtml = (text: string, { findings, checked, notChecked }: Checked): string => {
  const groups = grouped(findings)
  return `<section aria-labelledby="result">
<h2 id="result" tabindex="-1">Result</h2>
${verdict(findings)}
${notesHtml(checked, notChecked)}
${groups.length === 0 ? '' : `<div class="result">\n<ol class="findings">\n${groups.map(groupHtml).join('\n')}\n</ol>\n${textHtml(text, groups)}\n</div>`}
</section>`
}

/** What could not be checked stands open: nobody must take silence about it for approval. */
const notesHtml = (checked: readonly string[], notChecked: readonly string[]): string => {
  const said = (notes: readonly string[]): string =>
    notes.map((note) => `<p class="soft">${escapeText(note)}</p>`).join('\n')
  return `${checked.length === 0 ? '' : `<details><summary class="soft">What it was checked against</summary>${said(checked)}</details>`}${said(notChecked)}`
}

const verdict = (findings: readonly Found[]): string => {
  const count = (level: Level): number => findings.filter(({ severity }) => LEVEL[severity] === level).length
  const [errors, warnings] = [count('error'), count('warning')]
  return errors > 0
    ? `<p class="verdict not"><strong>Not valid.</strong> ${counted(errors, 'error')}, ${counted(warnings, 'warning')}.</p>`
    : `<p class="verdict"><strong>Valid.</strong> ${counted(warnings, 'warning')}.</p>`
}

const counted = (number: number, one: string): string => `${number} ${one}${number === 1 ? '' : 's'}`

/** Findings that say the same of several places. */
type Group = readonly [Found, ...Found[]]

const grouped = (findings: readonly Found[]): readonly Group[] => {
  const groups = new Map<string, Group>()
  for (const found of findings) {
    const { severity, key, rule, text, value, expected, hint } = found
    const same = JSON.stringify([severity, key, rule, text, value, expected, hint])
    const [first, ...others] = groups.get(same) ?? []
    groups.set(same, first === undefined ? [found] : [first, ...others, found])
  }
  return [...groups.values()]
}

const anchorOf = (index: number): string => `finding-${index + 1}`

const groupHtml = (group: Group, index: number): string => {
  const [{ severity, text, value, expected, hint, rule, key, profile }] = group
  const isOfOne = group.every((found) => found.profile === profile)
  const said: readonly (readonly [string, string | undefined])[] = [
    ['Seen', value],
    ['Expected', expected],
    ['Mend it', hint],
    ['Rule', [rule ?? key, ...(isOfOne && profile !== undefined ? [profile] : [])].join(' of ')],
  ]
  const places = group.map(placeHtml)
  return `<li class="${LEVEL[severity]}" id="${anchorOf(index)}"><p><strong>${LEVEL[severity]}</strong> ${escapeText(text)}</p>
${places.length === 1 ? `<p>${places[0]}</p>` : listHtml(places)}
<dl>${said
    .filter(([, what]) => what !== undefined && what !== '')
    .map(([name, what]) => `<dt>${name}</dt><dd>${shortHtml(what as string)}</dd>`)
    .join('')}</dl></li>`
}

/** Places that are shown at once. */
const MOST_PLACES = 8

const listHtml = (items: readonly string[]): string => {
  const list = (some: readonly string[]): string => `<ul>${some.map((item) => `<li>${item}</li>`).join('')}</ul>`
  const more = items.slice(MOST_PLACES)
  return `${list(items.slice(0, MOST_PLACES))}${more.length === 0 ? '' : `<details><summary>and ${counted(more.length, 'more place')}</summary>${list(more)}</details>`}`
}

/** A constraint can be longer than anybody reads. */
const LONGEST = 160

const shortHtml = (text: string): string =>
  text.length <= LONGEST
    ? escapeText(text)
    : `<details><summary>${text.length} characters</summary>${escapeText(text)}</details>`

const placeHtml = ({ expression = '', place }: Found): string =>
  [
    ...(expression === '' ? [] : [`<code>${escapeText(expression)}</code>`]),
    ...(place === undefined ? [] : [`<a href="#line-${place.line}">line ${place.line}, column ${place.column}</a>`]),
  ].join(' ')

/** The text with its lines numbered; the numbers of those that findings are about lead back to the first of these. */
const textHtml = (text: string, groups: readonly Group[]): string => {
  const marks = new Map<number, Readonly<{ level: Level; index: number }>>()
  for (const [index, group] of groups.entries())
    for (const { place, severity } of group)
      if (place !== undefined && !marks.has(place.line)) marks.set(place.line, { level: LEVEL[severity], index })
  const lines = text.split(/\r?\n/)
  const first = lines.length <= MOST_LINES ? 1 : Math.max(1, Math.min(...marks.keys(), lines.length) - 20)
  const shown = lines.slice(first - 1, first - 1 + MOST_LINES).map((line, offset) => {
    const number = first + offset
    const mark = marks.get(number)
    const words = escapeText(line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`)
    return mark === undefined
      ? `<span id="line-${number}"><i>${number}</i>${words}</span>`
      : `<span id="line-${number}" class="${mark.level}"><a href="#${anchorOf(mark.index)}" title="${mark.level}: go to it">${number}</a>${words}</span>`
  })
  return `<pre class="text beside" tabindex="0" role="region" aria-label="The text that was checked">${shown.join('')}</pre>`
}
