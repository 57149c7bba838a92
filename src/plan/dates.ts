import type { Patient } from 'fhir/r4.js'
import type { Jurisdiction } from './derived.ts'
import { POLICY } from './jurisdiction.ts'

const LONDON = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
})

/** The calendar day (YYYY-MM-DD) of a moment where the people live whom the plans are about. */
export const dayOf = (now: Date): string => LONDON.format(now)

/** The first instant of a calendar day there, in milliseconds: its clocks are those of UTC or an hour ahead. */
const startOfDay = (day: string): number => {
  const midnight = Date.parse(`${day}T00:00:00Z`)
  if (Number.isNaN(midnight)) return midnight
  const hourAhead = midnight - 3_600_000
  return dayOf(new Date(hourAhead)) === day ? hourAhead : midnight
}

/** Clocks differ: what was written up to a minute ahead of this server's clock still counts as now. */
const CLOCK_SKEW_MS = 60_000

const hasTime = (text: string): boolean => text.includes('T')

/**
 * Whether a FHIR date or dateTime is certainly later than another: two with a time as moments, else as calendar days in the
 * places where they were written, as far as both are known (2024-05 is not later than 2024-05-31). False for text that is no date.
 */
export const isAfter = (a: string, b: string): boolean => {
  if (hasTime(a) && hasTime(b)) return Date.parse(a) > Date.parse(b)
  const length = Math.min(a.slice(0, 10).length, b.slice(0, 10).length)
  return a.slice(0, length) > b.slice(0, length)
}

/** Whether a FHIR date or dateTime lies in the future. */
export const isFuture = (text: string, now: Date): boolean =>
  hasTime(text) ? Date.parse(text) > now.getTime() + CLOCK_SKEW_MS : isAfter(text, dayOf(now))

/** The instant from which a FHIR date or dateTime is not in the future any more (`isFuture`); undefined for text that is no date. */
export const comesAt = (text: string): number | undefined =>
  known(hasTime(text) ? Date.parse(text) - CLOCK_SKEW_MS : startOfDay(span(text)[0]))

/** The instant from which a FHIR date or dateTime has gone by: the whole day counts, of a month or year its last. Undefined where that is never. */
export const goneByAt = (text: string): number | undefined => {
  if (comesAt(text) === undefined) return undefined
  if (hasTime(text)) return known(Date.parse(text) + 1)
  const [year = 0, month = 12, day] = text.split('-').map(Number)
  const next = day === undefined ? Date.UTC(year, month) : Date.UTC(year, month - 1, day + 1)
  return known(startOfDay(new Date(next).toISOString().slice(0, 10)))
}

/** The end of the last year that a FHIR date can name, which is written where something has no end. */
const NEVER = Date.UTC(10_000, 0)

const known = (instant: number): number | undefined => (instant < NEVER ? instant : undefined)

/** First and last day that a FHIR date (YYYY, YYYY-MM, YYYY-MM-DD, or with a time) can mean; 31 stands for any last day. */
const span = (date: string): readonly [string, string] => {
  const day = date.slice(0, 10)
  if (day.length === 4) return [`${day}-01-01`, `${day}-12-31`]
  return day.length === 7 ? [`${day}-01`, `${day}-31`] : [day, day]
}

const yearsBetween = (birth: string, day: string): number =>
  Number(day.slice(0, 4)) - Number(birth.slice(0, 4)) - (day.slice(5) < birth.slice(5) ? 1 : 0)

/**
 * Whether the person was a child on a day, by the age limit of the jurisdiction; someone born on 29 February comes of age on
 * 1 March. Undefined where that cannot be told: no birth date, no day, or one so imprecise that either could be.
 */
export const isChildOn = (
  patient: Patient,
  day: string | undefined,
  jurisdiction: Jurisdiction,
): boolean | undefined => {
  if (patient.birthDate === undefined || day === undefined) return undefined
  const { childUnder } = POLICY[jurisdiction]
  const [firstBirth, lastBirth] = span(patient.birthDate)
  const [firstDay, lastDay] = span(day)
  if (yearsBetween(firstBirth, lastDay) < childUnder) return true
  return yearsBetween(lastBirth, firstDay) >= childUnder ? false : undefined
}
