/** Dates and times, which are compared part by part as far as both go (http://hl7.org/fhirpath/N1/#datetime). */

/** Year, month, day, hour, minute, second (with its fraction), as far as it goes; a time has no year, month and day. */
type Temporal = Readonly<{ parts: readonly number[]; isTime: boolean; hasZone: boolean }>

const DATE_TIME =
  /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/
const TIME = /^(\d{2})(?::(\d{2})(?::(\d{2}(?:\.\d+)?))?)?$/

const numbers = (texts: readonly (string | undefined)[]): number[] => {
  const end = texts.indexOf(undefined)
  return (end === -1 ? texts : texts.slice(0, end)).map(Number)
}

const offsetMinutes = (zone: string): number =>
  zone === 'Z' ? 0 : Number(`${zone[0]}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6)))

/** The parts in UTC; they go as far as they did. */
const inUtc = (parts: readonly number[], zone: string): number[] => {
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
  const whole = Math.floor(second)
  const moved = new Date(Date.UTC(2000, month - 1, day, hour, minute - offsetMinutes(zone), whole))
  moved.setUTCFullYear(moved.getUTCFullYear() - 2000 + year)
  const all = [
    moved.getUTCFullYear(),
    moved.getUTCMonth() + 1,
    moved.getUTCDate(),
    moved.getUTCHours(),
    moved.getUTCMinutes(),
    moved.getUTCSeconds() + (second - whole),
  ]
  return all.slice(0, parts.length)
}

export const readTemporal = (text: string): Temporal | undefined => {
  const time = TIME.exec(text)
  // Four digits without a colon are a year.
  if (time !== null && !/^\d{4}/.test(text)) return { parts: numbers(time.slice(1, 4)), isTime: true, hasZone: false }
  const found = DATE_TIME.exec(text)
  if (found === null) return undefined
  const parts = numbers(found.slice(1, 7))
  const zone = found[7]
  return zone === undefined
    ? { parts, isTime: false, hasZone: false }
    : { parts: inUtc(parts, zone), isTime: false, hasZone: true }
}

/** Negative, zero or positive; undefined where it cannot be told: one goes further than the other, or only one has a time zone. */
export const compareTemporals = (left: Temporal, right: Temporal): number | undefined => {
  if (left.isTime !== right.isTime) return undefined
  const length = Math.min(left.parts.length, right.parts.length)
  // A day here is not the day there: what could move past midnight is not compared.
  const firstHour = left.isTime ? 0 : 3
  if (left.hasZone !== right.hasZone && length > firstHour) return compareApart(left, right)
  for (let index = 0; index < length; index++) {
    const difference = (left.parts[index] as number) - (right.parts[index] as number)
    if (difference !== 0) return difference
  }
  return left.parts.length === right.parts.length ? 0 : undefined
}

const HALF_A_DAY_AND_MORE = 15 * 3_600_000

const milliseconds = ({ parts: [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] }: Temporal): number =>
  new Date(Date.UTC(2000, month - 1, day, hour, minute)).setUTCFullYear(year, month - 1, day) + second * 1000

/** Of two of which one alone has a time zone: no zone is further from UTC than 14 hours. */
const compareApart = (left: Temporal, right: Temporal): number | undefined => {
  const difference = milliseconds(left) - milliseconds(right)
  return Math.abs(difference) > HALF_A_DAY_AND_MORE ? difference : undefined
}

const UNITS = ['year', 'month', 'day', 'hour', 'minute', 'second'] as const

/** A date or time so much later (or earlier), as far as it went; undefined where the unit does not fit. */
export const addToTemporal = (text: string, amount: number, unit: string): string | undefined => {
  const [wanted, factor] = unit === 'week' ? ['day', 7] : unit === 'millisecond' ? ['second', 0.001] : [unit, 1]
  const index = UNITS.indexOf(wanted as 'day')
  const whole = index === 5 ? amount * (factor as number) : Math.trunc(amount) * (factor as number)
  const time = TIME.exec(text)
  const isTime = time !== null && !/^\d{4}/.test(text)
  const found = isTime ? [text, '1970', '01', '01', ...time.slice(1)] : DATE_TIME.exec(text)
  if (found === null || index === -1 || (isTime && index < 3) || !Number.isFinite(whole)) return undefined
  const parts = numbers(found.slice(1, 7))
  const [year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts
  const moved = new Date(Date.UTC(2000, 0, 1))
  // A month has no 31st everywhere: the last day of the month is meant.
  const months = year * 12 + (month - 1) + (index === 0 ? whole * 12 : index === 1 ? whole : 0)
  moved.setUTCFullYear(Math.floor(months / 12), ((months % 12) + 12) % 12, 1)
  const lastDay = new Date(moved)
  lastDay.setUTCMonth(lastDay.getUTCMonth() + 1, 0)
  moved.setUTCDate(Math.min(day, lastDay.getUTCDate()) + (index === 2 ? whole : 0))
  const seconds = hour * 3600 + minute * 60 + second + (index === 3 ? whole * 3600 : index === 4 ? whole * 60 : 0)
  moved.setTime(moved.getTime() + Math.round((seconds + (index === 5 ? whole : 0)) * 1000))
  const iso = Number.isNaN(moved.getTime()) ? undefined : moved.toISOString()
  if (iso === undefined || !/^\d{4}-/.test(iso)) return undefined
  const digits = (found[6]?.split('.')[1] ?? '').slice(0, 3)
  const full = `${iso.slice(0, 19)}${digits === '' ? '' : iso.slice(19, 20 + digits.length)}`
  const lengths = [4, 7, 10, 13, 16, full.length]
  const cut = full.slice(0, lengths[parts.length - 1])
  return isTime ? cut.slice(11) : cut + (found[7] ?? '')
}
