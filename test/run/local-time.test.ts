import { expect, test } from '@jest/globals'
import { watchLocalTime } from '../support/local-time.ts'

const calls: string[] = []
watchLocalTime((call) => void calls.push(call))
const askedBy = (work: () => unknown): string[] => {
  calls.length = 0
  work()
  return [...calls]
}

test.each<[string, () => unknown, string]>([
  ['an hour', () => new Date(5).getHours(), 'Date.prototype.getHours'],
  ['a month that is set', () => new Date(5).setMonth(3), 'Date.prototype.setMonth'],
  ['a date as text', () => `${new Date(5)}`, 'Date.prototype.toString'],
  ['a date in words', () => new Date(5).toLocaleDateString('en'), 'Date.prototype.toLocaleDateString'],
  ['a date of numbers', () => new Date(2026, 1), 'Date of several numbers'],
  ['a time without offset', () => new Date('2026-03-01T10:00'), 'Date of "2026-03-01T10:00"'],
  ['a time without offset that is parsed', () => Date.parse('2026-03-01T10:00'), 'Date of "2026-03-01T10:00"'],
  ['now as text', () => Date(), 'Date as a function'],
  ['a format of here', () => new Intl.DateTimeFormat('en'), 'Intl.DateTimeFormat without timeZone'],
])('%s asks for the local time', (_what, work, call) => {
  expect(askedBy(work)).toEqual([call])
})

test.each<[string, () => unknown]>([
  ['UTC', () => [new Date(5).getUTCHours(), new Date(5).toISOString(), Date.UTC(2026, 1), new Date(5).valueOf()]],
  ['a time with an offset', () => new Date('2026-03-01T10:00:00+01:00')],
  ['a date alone, which is read as UTC', () => new Date('2026-03-01')],
  ['what is no date', () => new Date('tomorrow')],
  ['a format that names its time zone', () => new Intl.DateTimeFormat('en', { timeZone: 'Europe/London' }).format(5)],
])('%s does not', (_what, work) => {
  expect(askedBy(work)).toEqual([])
})

test('a Date that is watched is a Date', () => {
  class Day extends Date {}
  expect(new Date(5)).toEqual(new Date(5))
  expect([new Date() instanceof Date, new Day(5) instanceof Day, new Day(5) instanceof Date]).toEqual([
    true,
    true,
    true,
  ])
  expect(new Date(5).constructor).toBe(Date)
})
