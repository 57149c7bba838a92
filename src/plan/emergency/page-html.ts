/** What the page for a phone is made of: text in elements, and how long ago a day was. Every text is written as text, never as markup. */
import type { ParametersParameter } from 'fhir/r4.js'
import { dayOf } from '../dates.ts'
import { shownDay } from '../summary/dates.ts'
import { escapeText } from '../summary/narrative.ts'
import { SAID } from './page-words.ts'

export type Parts = readonly ParametersParameter[] | undefined
export type Html = string | undefined

export const lines = (parts: readonly Html[]): string => parts.filter((part) => part !== undefined).join('\n')

export const paragraph = (text: string | undefined, kind = 'text'): Html =>
  text === undefined || text === '' ? undefined : `<p class="${kind}">${escapeText(text)}</p>`

/** A text under its label: "When: …". */
export const labelled = (label: string, text: string | undefined, kind = 'text'): Html =>
  text === undefined ? undefined : `<p class="${kind}"><strong>${escapeText(label)}:</strong> ${escapeText(text)}</p>`

export const section = (title: string, kind: string, content: readonly Html[]): Html => {
  const said = lines(content)
  return said === '' ? undefined : `<section class="${kind}">\n<h2>${escapeText(title)}</h2>\n${said}\n</section>`
}

export const list = (items: readonly (readonly Html[])[]): Html =>
  items.length === 0 ? undefined : `<ul>\n${items.map((item) => `<li>${lines(item)}</li>`).join('\n')}\n</ul>`

const DAY_MS = 86_400_000

/** How long ago a day was, to the day, the month or the year. Undefined for the future and for what is not known to the day. */
const ago = (date: string | undefined, now: Date): string | undefined => {
  if (date === undefined || shownDay(date) === undefined || date.length < 10) return undefined
  const day = date.length === 10 ? date : dayOf(new Date(date))
  const today = dayOf(now)
  const days = Math.round((Date.parse(today) - Date.parse(day)) / DAY_MS)
  if (days < 0) return undefined
  if (days < 2) return days === 0 ? SAID.today : SAID.yesterday
  if (days < 61) return SAID.daysAgo(days)
  const months = wholeMonths(day, today)
  return months < 24 ? SAID.monthsAgo(months) : SAID.yearsAgo(Math.floor(months / 12))
}

export const wholeMonths = (from: string, to: string): number => {
  const [year, month, day] = [from, to]
    .map((date) => date.split('-').map(Number))
    .reduce((one, other) => one.map((value, index) => (other[index] ?? 0) - value)) as [number, number, number]
  return year * 12 + month - (day < 0 ? 1 : 0)
}

export const dated = (date: string | undefined, now: Date): string => {
  const age = ago(date, now)
  return `${shownDay(date) ?? SAID.dateUnknown}${age === undefined ? '' : ` (${age})`}`
}

/** "Decided 3 March 2026 (5 months ago) by Dr A Example". */
export const act = (verb: string, on: string | undefined, by: string | undefined, now: Date): Html =>
  paragraph(`${verb} ${dated(on, now)} ${by === undefined ? SAID.byUnknown : `${SAID.by} ${by}`}`, 'soft')
