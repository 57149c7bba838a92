import { expect, test } from '@jest/globals'
import { createQueue } from '../../../src/api/validating/queue.ts'

const takeAll = (queue: ReturnType<typeof createQueue<string>>): string[] => {
  const taken: string[] = []
  for (let item = queue.take(); item !== undefined; item = queue.take()) taken.push(item)
  return taken
}

test('of each asker one in turn, and of one asker the oldest', () => {
  const queue = createQueue<string>({ most: 10, mostEach: 10 })
  for (const item of ['a1', 'a2', 'a3', 'b1', 'c1', 'b2']) expect(queue.add(item[0] as string, item)).toBe(true)
  expect(queue.isEmpty()).toBe(false)
  expect(takeAll(queue)).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3'])
  expect(queue.isEmpty()).toBe(true)
})

test('so many of one asker, and so many in all; who has been served may ask again', () => {
  const queue = createQueue<string>({ most: 3, mostEach: 2 })
  const added = ['a1', 'a2', 'a3', 'b1', 'b2'].map((item) => queue.add(item[0] as string, item))
  expect(added).toEqual([true, true, false, true, false])
  expect(queue.take()).toBe('a1')
  expect(queue.add('a', 'a3')).toBe(true)
  expect(queue.empty()).toEqual(expect.arrayContaining(['a2', 'a3', 'b1']))
  expect([queue.isEmpty(), queue.take()]).toEqual([true, undefined])
})
