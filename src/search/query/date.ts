import { type Stretch, stretchOf, ZONE } from '../dates.ts'
import { prefixOf } from './prefix.ts'
import type { DateTest } from './query.ts'
import { invalidValue } from './text.ts'

const TIME = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)?$/
const MINUTE = 60_000

/**
 * One alternative of a date (http://hl7.org/fhir/R4/search.html#date): a year, month, day, minute, second or fraction, which stands for all of
 * its time. Without a zone it is read in the documented zone of the service, Europe/London. `ap`: a tenth of the time between then and `now` to either side.
 */
export const dateTest = (name: string, text: string, now: Date): DateTest => {
  const { prefix, rest } = prefixOf(text)
  const stretch = isInCalendar(rest) ? (stretchOf(rest) ?? timeOf(rest)) : undefined
  if (stretch === undefined) {
    throw invalidValue(
      name,
      'Expected a date such as 2026, 2026-01, 2026-01-31, 2026-01-31T09:30 or 2026-01-31T09:30:00Z, with eq, ne, gt, lt, ge, le, sa, eb or ap before it. In an address write + as %2B.',
    )
  }
  return { prefix, ...(prefix === 'ap' ? around(stretch, now) : stretch) }
}

/** True where the day that it begins with is one: `Date` reads the 30th of February as the 2nd of March. */
const isInCalendar = (text: string): boolean => {
  const [, year, month = '01', day = '01'] = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?/.exec(text) ?? []
  const date = new Date(`${year}-${month}-01T00:00:00Z`)
  if (Number.isNaN(date.getTime())) return false
  date.setUTCDate(Number(day))
  return date.toISOString().startsWith(`${year}-${month}-${day}`)
}

const instant = (milliseconds: number): string => new Date(milliseconds).toISOString()

const around = ({ low, high }: Stretch, now: Date): Stretch => {
  const [start, end] = [Date.parse(low), Date.parse(high)]
  const gap = Math.max(0, start - now.getTime(), now.getTime() - end)
  // No further than dates go that the database and ISO 8601 both have.
  return {
    low: instant(Math.max(start - gap / 10, Date.parse('0001-01-01T00:00:00Z'))),
    high: instant(Math.min(end + gap / 10, Date.parse('9999-12-31T23:59:59.999Z'))),
  }
}

/** A time of day that is not an `instant` of FHIR: without seconds, without a zone, or both. */
const timeOf = (text: string): Stretch | undefined => {
  const match = TIME.exec(text)
  if (match === null) return undefined
  const [, day, hour, minute, second, fraction = '', zone] = match
  const clock = `${day}T${hour}:${minute}:${second ?? '00'}${fraction}`
  const length = second === undefined ? MINUTE : undefined
  const stretches = (zone === undefined ? offsetsAt(clock) : [zone]).flatMap((one) => stretchOf(clock + one) ?? [])
  const [first] = stretches
  const last = stretches.at(-1)
  if (first === undefined || last === undefined) return undefined
  return { low: first.low, high: length === undefined ? last.high : instant(Date.parse(last.low) + length) }
}

const written = new Intl.DateTimeFormat('sv-SE', {
  timeZone: ZONE,
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** The offsets of the zone at which its clocks show this, the earlier instant first: none in the hour that is left out, two in the one that comes twice. */
const offsetsAt = (clock: string): string[] =>
  ['+02:00', '+01:00', '+00:00'].filter(
    (offset) => written.format(Date.parse(clock + offset)) === clock.slice(0, 19).replace('T', ' '),
  )
