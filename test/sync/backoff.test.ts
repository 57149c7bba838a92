import { describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { delayAfter } from '../../src/sync/backoff.ts'

const DAY = 24 * 3_600_000
const atMost = (attempts: number, state: 'current' | 'withdrawn'): number => delayAfter(attempts, state, {}, () => 1)

describe('how long to wait before the next attempt', () => {
  test.each<['current' | 'withdrawn', number[]]>([
    ['current', [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]],
    ['withdrawn', [1, 2, 4, 8, 16, 32, 60, 60]],
  ])('%s: up to twice as long each time, with a cap, and never none for ever', (state, seconds) => {
    expect(seconds.map((_, index) => atMost(index + 1, state) / 1_000)).toEqual(seconds)
    expect(atMost(100_000, state)).toBe((seconds.at(-1) as number) * 1_000)
  })

  test('anything from nothing up to that: what failed together does not come back together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.double({ min: 0, max: 1, noNaN: true }), (attempts, chance) => {
        expect(delayAfter(attempts, 'current', {}, () => chance)).toBeCloseTo(chance * atMost(attempts, 'current'), 6)
      }),
    )
  })

  test('what a recipient asks for is honoured, up to the cap', () => {
    expect(delayAfter(1, 'withdrawn', { retryAfterMs: 20_000 }, () => 0)).toBe(20_000)
    expect(delayAfter(1, 'withdrawn', { retryAfterMs: 3_600_000 }, () => 0)).toBe(60_000)
    expect(delayAfter(1, 'current', { retryAfterMs: 3_600_000 }, () => 0)).toBe(300_000)
    expect(delayAfter(9, 'current', { retryAfterMs: 1_000 }, () => 1)).toBe(256_000)
  })

  test('for seven days as before, then hourly, withdrawals too, and never an end', () => {
    for (const state of ['current', 'withdrawn'] as const) {
      expect(delayAfter(2_000, state, { failingForMs: 7 * DAY }, () => 1)).toBe(atMost(2_000, state))
      for (const days of [7.01, 30, 3_650]) {
        expect(delayAfter(2_000, state, { failingForMs: days * DAY }, () => 0)).toBe(1_800_000)
        expect(delayAfter(2_000, state, { failingForMs: days * DAY }, () => 1)).toBe(3_600_000)
      }
    }
  })
})
