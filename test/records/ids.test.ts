import { expect, test } from '@jest/globals'
import { newId } from '../../src/records/writing/ids.ts'

/** RFC 9562 section 5.7. */
const VERSION_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

test('ids of resources are UUIDs of version 7: those of one time stand side by side, later ones after them', () => {
  const times = [0, 1, 1_000, 1_768_000_000_000, 1_768_000_000_001, 2 ** 48 - 1]
  const ids = times.map((now) => newId(now))
  for (const id of ids) expect(id).toMatch(VERSION_7)
  expect(ids.toSorted()).toEqual(ids)
  const many = Array.from({ length: 1_000 }, () => newId(1_768_000_000_000))
  expect(new Set(many).size).toBe(1_000)
  expect(new Set(many.map((id) => id.slice(0, 13))).size).toBe(1)
})
