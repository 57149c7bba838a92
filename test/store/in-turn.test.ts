import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { type Database, openDatabase } from '../../src/store/database/database.ts'
import { database, type TestDatabase } from '../support/database.ts'

let testDatabase: TestDatabase
let opened: Database

beforeAll(async () => {
  testDatabase = await database()
  opened = openDatabase(testDatabase.url)
  await opened.run({ text: 'create table noted (place serial, word text unique)', values: [] })
})

afterAll(async () => {
  await opened.close()
  await testDatabase.drop()
})

const note = (word: string): Promise<unknown> =>
  opened.runInTurn({ name: 'note', text: 'insert into noted (word) values ($1)', values: [word] })

const noted = async (): Promise<string[]> => {
  const rows = await opened.run<{ word: string }>({ text: 'select word from noted order by place', values: [] })
  return rows.map(({ word }) => word)
}

describe('statements that are given in turn', () => {
  test('are done in their order, each by itself: one that is refused ends no other', async () => {
    const done = await Promise.allSettled(['one', 'two', 'one', 'three'].map(note))
    expect(done.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled'])
    expect(await noted()).toEqual(['one', 'two', 'three'])
  })

  test('fail where the connection breaks, as many as are not answered; those that come later have a new one', async () => {
    const { pid } = (
      await opened.runInTurn<{ pid: number }>({ text: 'select pg_backend_pid() as pid', values: [] })
    )[0] ?? { pid: 0 }
    const waiting = Promise.allSettled([opened.runInTurn({ text: 'select pg_sleep(60)', values: [] }), note('never')])
    // Until it is under way, there is nothing to break.
    for (let state: string | undefined; state !== 'active'; ) {
      const rows = await opened.run<{ state: string }>({
        text: 'select state from pg_stat_activity where pid = $1',
        values: [pid],
      })
      state = rows[0]?.state
    }
    await opened.run({ text: 'select pg_terminate_backend($1)', values: [pid] })
    for (const outcome of await waiting)
      expect(outcome).toMatchObject({ status: 'rejected', reason: { kind: 'unavailable' } })
    await note('four')
    expect(await noted()).toEqual(['one', 'two', 'three', 'four'])
  })
})
