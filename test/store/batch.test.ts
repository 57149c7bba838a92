import { describe, expect, test } from '@jest/globals'
import { batch } from '../../src/store/database/batch.ts'

/** A statement that ends when it is told to, and the groups that it was given. */
const statement = () => {
  const groups: (readonly number[])[] = []
  const ends: ((error?: Error) => void)[] = []
  const run = (items: readonly number[]): Promise<readonly string[]> => {
    groups.push(items)
    return new Promise((resolve, reject) => {
      ends.push((error) => (error === undefined ? resolve(items.map((item) => `answer ${item}`)) : reject(error)))
    })
  }
  return { groups, run, end: (group: number, error?: Error): void => ends[group]?.(error) }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(() => setImmediate(resolve)))

/** Turns the event loop, on which timers run, until so many groups are under way; the test's own limit is the deadline. */
const underWay = async (groups: readonly unknown[], count: number): Promise<void> => {
  while (groups.length < count) await turn()
}

/** So long that no test sees its end. */
const PATIENT = { patience: 60_000 }

describe('requests that share a statement', () => {
  test('of one turn of the event loop go together, and each gets its own answer', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, PATIENT)
    const answers = Promise.all([ask(1), ask(2), ask(3)])
    await turn()
    expect(groups).toEqual([[1, 2, 3]])
    end(0)
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  test('that come while a group is under way wait for it, and then go together', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, PATIENT)
    const first = ask(1)
    await turn()
    const others = [ask(2)]
    await turn()
    others.push(ask(3))
    await turn()
    expect(groups).toEqual([[1]])
    end(0)
    await first
    await turn()
    expect(groups).toEqual([[1], [2, 3]])
    end(1)
    expect(await Promise.all(others)).toEqual(['answer 2', 'answer 3'])
  })

  test('are not held up by a group that takes too long', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, { patience: 1 })
    const stuck = ask(1)
    await turn()
    const other = ask(2)
    await underWay(groups, 2)
    expect(groups).toEqual([[1], [2]])
    end(1)
    expect(await other).toBe('answer 2')
    end(0)
    expect(await stuck).toBe('answer 1')
  })

  test('take no more lanes than there are, and go on as soon as one group is back', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, { lanes: 2, patience: 1 })
    const answers: Promise<string>[] = []
    answers.push(ask(1))
    await underWay(groups, 1)
    answers.push(ask(2))
    await underWay(groups, 2)
    answers.push(ask(3), ask(4))
    // A timer that was set later than theirs could be, and is no shorter, ends after theirs would have.
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(groups).toEqual([[1], [2]])
    end(0)
    await underWay(groups, 3)
    expect(groups).toEqual([[1], [2], [3, 4]])
    end(1)
    end(2)
    expect(await Promise.all(answers)).toEqual(['answer 1', 'answer 2', 'answer 3', 'answer 4'])
  })

  test('go in groups of a limited size', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, { ...PATIENT, most: 2 })
    const answers = Promise.all([ask(1), ask(2), ask(3)])
    await turn()
    end(0)
    await turn()
    expect(groups).toEqual([[1, 2], [3]])
    end(1)
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3'])
  })

  test('fail with their own group only', async () => {
    const { run, end } = statement()
    const ask = batch(run, PATIENT)
    const failing = [ask(1), ask(2)].map((answer) => answer.catch((error: Error) => error.message))
    await turn()
    const next = ask(3)
    end(0, new Error('lost'))
    expect(await Promise.all(failing)).toEqual(['lost', 'lost'])
    await turn()
    end(1)
    expect(await next).toBe('answer 3')
  })

  test('follow a group as soon as they are as many, where that is wanted, and then wait for both', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, { ...PATIENT, follow: true })
    const answers = [ask(1), ask(2), ask(3), ask(4)]
    await turn()
    answers.push(ask(5), ask(6), ask(7))
    await turn()
    expect(groups).toEqual([[1, 2, 3, 4]])
    answers.push(ask(8))
    await turn()
    expect(groups).toEqual([
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ])
    answers.push(...[9, 10, 11, 12, 13].map((item) => ask(item)))
    await turn()
    expect(groups).toHaveLength(2)
    end(0)
    await underWay(groups, 3)
    expect(groups[2]).toEqual([9, 10, 11, 12, 13])
    end(1)
    end(2)
    expect(await Promise.all(answers)).toHaveLength(13)
  })

  test('follow no group that takes too long: they go beside it, and so do all that come before it is back', async () => {
    const { groups, run, end } = statement()
    const ways: boolean[] = []
    const ask = batch(
      (items: readonly number[], beside) => {
        ways.push(beside)
        return run(items)
      },
      { patience: 1, follow: true },
    )
    const stuck = [1, 2, 3, 4].map((item) => ask(item))
    await underWay(groups, 1)
    await new Promise((resolve) => setTimeout(resolve, 10))
    for (const group of [1, 2]) {
      const others = [1, 2, 3, 4, 5].map((item) => ask(10 * group + item))
      await underWay(groups, group + 1)
      end(group)
      expect(await Promise.all(others)).toHaveLength(5)
    }
    expect(ways).toEqual([false, true, true])
    end(0)
    expect(await Promise.all(stuck)).toHaveLength(4)
  })

  test('are told at once where too many wait', async () => {
    const { groups, run, end } = statement()
    const ask = batch(run, PATIENT)
    const waiting = Array.from({ length: 2_000 }, (_, item) => ask(item))
    await expect(ask(2_000)).rejects.toMatchObject({ kind: 'unavailable' })
    await turn()
    for (let group = 0; group < groups.length; group++) {
      end(group)
      await turn()
    }
    expect(await Promise.all(waiting)).toHaveLength(2_000)
  })
})
