/**
 * In a test file of a pure folder, fails each test during which the local time was asked for, by the test or by what it tests: what never asks for it
 * cannot answer otherwise in another time zone, and need not run there. The files that do run there may ask (time-zones.ts).
 */
import { afterEach, expect } from '@jest/globals'
import { watchLocalTime } from './local-time.ts'
import { ABOUT_TIME, PURE } from './time-zones.ts'

const { testPath = '' } = expect.getState()
if (new RegExp(PURE).test(testPath) && !new RegExp(ABOUT_TIME).test(testPath)) {
  const calls = new Set<string>()
  watchLocalTime((call) => calls.add(call))
  afterEach(() => {
    const found = [...calls]
    calls.clear()
    if (found.length > 0)
      throw new Error(
        `The local time was asked for: ${found.join(', ')}. Name the time zone; or, where the file is about time, let it run in others too (test/support/time-zones.ts).`,
      )
  })
}
