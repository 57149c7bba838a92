import { describe, expect, test } from '@jest/globals'
import { runLanes } from './lanes.ts'
import { NO_OVERVIEW, secondsLeft } from './overview.ts'
import type { Found, Part } from './part.ts'
import { told } from './told.ts'

const PASSED: Found = { passed: 3, failed: 0, failures: [] }
const FAILED: Found = { passed: 2, failed: 1, failures: [{ what: 'a.test.ts: adds', again: 'npm test -- a.test.ts' }] }

const part = (name: string, run: () => Promise<Found>, more: Partial<Part> = {}): Part => ({
  name,
  counts: true,
  seconds: 1,
  run,
  ...more,
})
const line = (): void => {}

describe('parts of the whole run', () => {
  test('of a lane run one after the other, lanes beside each other, and all are told in their order', async () => {
    const began: string[] = []
    let release = (): void => {}
    const released = new Promise<void>((settle) => {
      release = settle
    })
    const waiting = part('waiting', async () => {
      began.push('waiting')
      await released
      return PASSED
    })
    const after = part('after', async () => {
      began.push('after')
      return PASSED
    })
    const beside = part('beside', async () => {
      began.push('beside')
      release()
      return PASSED
    })
    const outcomes = await runLanes([[waiting, after], [beside]], NO_OVERVIEW, line)
    expect(began).toEqual(['waiting', 'beside', 'after'])
    expect(outcomes.map((outcome) => outcome.part.name)).toEqual(['waiting', 'after', 'beside'])
  })

  test('that failed run once more when nothing else runs, and what passes then is told as unstable', async () => {
    let running = 0
    const busy = async (found: Found): Promise<Found> => {
      running += 1
      await new Promise((settle) => setImmediate(settle))
      running -= 1
      return found
    }
    const again = async (): Promise<Found> => {
      expect(running).toBe(0)
      return { passed: 3, failed: 0, failures: [], unstable: ['a.test.ts: adds'] }
    }
    const lanes = [[part('one', () => busy(FAILED), { again })], [part('other', () => busy(PASSED))]]
    const outcomes = await runLanes(lanes, NO_OVERVIEW, line)
    expect(outcomes.map(({ found }) => found.failed)).toEqual([0, 0])
    expect(told(outcomes)).toContain('UNSTABLE, passed by itself: a.test.ts: adds')
  })

  test('that passed do not run once more', async () => {
    const again = async (): Promise<Found> => FAILED
    const outcomes = await runLanes([[part('one', async () => PASSED, { again })]], NO_OVERVIEW, line)
    expect(outcomes[0]?.found).toBe(PASSED)
  })
})

describe('what is told at the end', () => {
  const outcome = (name: string, found: Found, counts = true) => ({
    part: part(name, async () => found, { counts }),
    found,
    seconds: 1.25,
  })

  test('names what failed with the command that repeats it, and ends with one line of counts', () => {
    const lines = told([outcome('tests', PASSED), outcome('other zone', FAILED, false)]).split('\n')
    expect(lines).toEqual([
      '',
      'ok      tests: 3 passed, 0 failed (1.3 s)',
      'FAILED  other zone: 2 passed, 1 failed (1.3 s)',
      'FAILED  a.test.ts: adds',
      '        again: npm test -- a.test.ts',
      '',
      '3 passed, 1 failed',
      '',
    ])
  })
})

test.each([
  ['what is left of the time that it took before', 100, 40, undefined, 60],
  ['the same while the share that is done says little', 100, 40, 0.01, 60],
  ['as the share that is done says', 100, 200, 0.5, 200],
  ['nothing more that can be told, where it takes longer than before', 100, 200, undefined, 0],
])('a part is said to take %s', (_what, expected, elapsed, done, left) => {
  expect(secondsLeft(expected, elapsed, done)).toBe(left)
})
