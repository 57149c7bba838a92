/** The stretch of time that a FHIR date means, from its first instant up to, not including, `high`. */
export type Stretch = Readonly<{ low: string; high: string }>

/** The zone in which dates without one are read; the documented zone of the service. */
export const ZONE = 'Europe/London'

/** Where a Period is open at its start or its end. */
export const BEGINNING = '0001-01-01T00:00:00.000Z'
export const END = '9999-12-31T23:59:59.999Z'

const DATE = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d+))?(?:Z|[+-]\d\d:\d\d)$/

/**
 * The stretch of a date, dateTime or instant, as ISO 8601 instants in UTC with milliseconds: a year, month or day of the zone
 * Europe/London, a second, or the fraction that was given (at least a millisecond). Undefined where the text is none of these.
 * Half open, so that "contains" is `low <= other.low and other.high <= high` (http://hl7.org/fhir/R4/search.html#date).
 */
export const stretchOf = (text: string): Stretch | undefined => {
  const instant = INSTANT.exec(text)
  if (instant !== null) {
    const low = Date.parse(text.replace(':60', ':59'))
    const fraction = instant[1]
    const length = fraction === undefined ? 1000 : Math.max(1, 1000 / 10 ** fraction.length)
    return Number.isNaN(low) ? undefined : between(low, low + length)
  }
  let stretch = remembered.get(text)
  if (stretch === undefined) {
    stretch = stretchOfDate(text)
    if (stretch === undefined) return undefined
    if (remembered.size >= MOST_REMEMBERED) remembered.clear()
    remembered.set(text, stretch)
  }
  return stretch
}

/** Years, months and days: few are written often, and it takes long to ask when a day begins. */
const remembered = new Map<string, Stretch>()
const MOST_REMEMBERED = 4096

const stretchOfDate = (text: string): Stretch | undefined => {
  const date = DATE.exec(text)
  if (date === null) return undefined
  const year = Number(date[1])
  const month = date[2] === undefined ? undefined : Number(date[2])
  const day = date[3] === undefined ? undefined : Number(date[3])
  const low = startOfDay(year, month ?? 1, day ?? 1)
  if (month === undefined) return between(low, startOfDay(year + 1, 1, 1))
  if (day === undefined) return between(low, startOfDay(year, month + 1, 1))
  return between(low, startOfDay(year, month, day + 1))
}

const FIRST = Date.parse(BEGINNING)
const LAST = Date.parse(END)

/** Within the time that can be stored, and never empty. */
const between = (from: number, to: number): Stretch => {
  const low = Math.min(Math.max(from, FIRST), LAST - 1)
  return { low: new Date(low).toISOString(), high: new Date(Math.max(Math.min(to, LAST), low + 1)).toISOString() }
}

const clock = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  hourCycle: 'h23',
  year: 'numeric',
  month: 'numeric',
  day: 'numeric',
  hour: 'numeric',
  minute: 'numeric',
  second: 'numeric',
  era: 'short',
})

/** Milliseconds by which the clocks of the zone are ahead of UTC at an instant. */
const offsetAt = (instant: number): number => {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, string>> = {}
  for (const { type, value } of clock.formatToParts(instant)) parts[type] = value
  const year = parts.era === 'AD' ? Number(parts.year) : 1 - Number(parts.year)
  return (
    utc(year, Number(parts.month), Number(parts.day), Number(parts.hour), Number(parts.minute), Number(parts.second)) -
    instant
  )
}

/** Date.UTC reads the years 0 to 99 as 1900 to 1999; this does not. */
const utc = (year: number, month: number, day: number, hour = 0, minute = 0, second = 0): number =>
  new Date(0).setUTCFullYear(year, month - 1, day) + ((hour * 60 + minute) * 60 + second) * 1000

/** The instant at which a day of the zone begins. No change of clocks in this zone falls on a midnight, so one correction is enough. */
const startOfDay = (year: number, month: number, day: number): number => {
  const midnight = utc(year, month, day)
  return midnight - offsetAt(midnight)
}
