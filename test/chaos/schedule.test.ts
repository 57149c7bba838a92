import { expect, test } from '@jest/globals'
import { createRandom } from './random.ts'
import { schedule } from './schedule.ts'

const of = (seed: number) => schedule({ kills: 200, milliseconds: 720_000, random: createRandom(seed) })

test('the same seed breaks the same, another one something else', () => {
  expect(of(1)).toEqual(of(1))
  expect(of(1)).not.toEqual(of(2))
})

test('so many kills of everything there is to kill, within the time, in order', () => {
  const all = of(3)
  const kills = all.flatMap((each) => (each.do === 'kill' ? [each.what] : []))
  expect(kills).toHaveLength(200)
  expect(new Set(kills)).toEqual(new Set(['keyplan', 'recipient', 'backend', 'database']))
  expect(new Set(all.map((each) => each.do))).toEqual(new Set(['kill', 'pause', 'fault']))
  expect(all.every(({ at }) => at >= 0 && at < 720_000)).toBe(true)
  expect(all.map(({ at }) => at)).toEqual(all.map(({ at }) => at).toSorted((a, b) => a - b))
})
