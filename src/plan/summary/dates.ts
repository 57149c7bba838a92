/** The zone in which moments are shown: that of the four nations, whatever zone the process runs in. */
const ZONE = 'Europe/London'

const DAY = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', day: 'numeric', month: 'long', year: 'numeric' })
const MONTH = new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' })
const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
})

/** FHIR date and dateTime (http://hl7.org/fhir/R4/datatypes.html#dateTime), a fraction of a second of at most nine digits. */
const DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?$/

const inZone = (moment: Date): { day: string; time: string } => {
  const parts = Object.fromEntries(PARTS.formatToParts(moment).map(({ type, value }) => [type, value]))
  return { day: `${parts['day']} ${parts['month']} ${parts['year']}`, time: `${parts['hour']}:${parts['minute']}` }
}

/**
 * A FHIR date or dateTime as a day, "3 March 2026" (or "March 2026", "2026" where no more is known). A date stays the date
 * that was written; a moment is the day that it was in the United Kingdom. Undefined for what is no date.
 */
export const shownDay = (date: string | undefined): string | undefined => {
  if (date === undefined || !DATE.test(date)) return undefined
  const moment = new Date(date)
  if (Number.isNaN(moment.getTime())) return undefined
  if (date.length > 10) return inZone(moment).day
  if (date.length === 10) return DAY.format(moment)
  return date.length === 7 ? MONTH.format(moment) : date
}

/** A moment as "3 March 2026, 14:05", in the time of the United Kingdom. */
export const shownMoment = (moment: Date): string => {
  const { day, time } = inZone(moment)
  return `${day}, ${time}`
}
