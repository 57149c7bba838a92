import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '../support/database.ts'

let own: TestDatabase

beforeAll(async () => {
  own = await database()
})

afterAll(() => own.drop())

const use = (...wanted: readonly (readonly [key: string, expected: number])[]): Promise<unknown> =>
  own.query('select use_conditions($1::text[], $2::text[], $3::bigint[])', [
    wanted.map(() => 'Goal'),
    wanted.map(([key]) => key),
    wanted.map(([, expected]) => expected),
  ])

const numbers = async (): Promise<Record<string, number>> => {
  const rows = await own.query<{ key: string; number: string }>('select key, number from condition_used order by key')
  return Object.fromEntries(rows.map(({ key, number }) => [key, Number(number)]))
}

describe('conditions under which resources are created (http.html#ccreate)', () => {
  test('one is used by whoever knows how often it was used, and by nobody who looked before', async () => {
    await use(['a', 0])
    await expect(use(['a', 0])).rejects.toMatchObject({ code: 'KP002' })
    await use(['a', 1])
    expect(await numbers()).toEqual({ a: 2 })
  })

  test('of several, all are used or none', async () => {
    await expect(use(['a', 2], ['b', 7], ['c', 0])).resolves.toBeDefined()
    await expect(use(['d', 0], ['a', 2])).rejects.toMatchObject({ code: 'KP002' })
    expect(await numbers()).toEqual({ a: 3, b: 8, c: 1 })
  })

  test('lists in opposite order do not wait for each other for ever', async () => {
    const both = [use(['x', 0], ['y', 0], ['z', 0]), use(['z', 0], ['y', 0], ['x', 0])]
    const settled = await Promise.allSettled(both)
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(settled.flatMap((one) => (one.status === 'rejected' ? [one.reason.code] : []))).toEqual(['KP002'])
  })

  test('what was used long ago is forgotten, and what was used just now is not', async () => {
    await own.query(`update condition_used set at = now() - interval '2 hours' where key <> 'a'`)
    await use(['new', 0])
    expect(await numbers()).toEqual({ a: 3, new: 1 })
  })
})
