import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { database, type TestDatabase } from '../support/database.ts'

let own: TestDatabase

beforeAll(async () => {
  own = await database()
})

afterAll(() => own.drop())

const recognise = async (): Promise<{ epoch: number; raised: boolean }> => {
  const [row] = await own.query<{ epoch: number; raised: boolean }>('select epoch, raised from recognise_database()')
  return row as { epoch: number; raised: boolean }
}

describe('recognising the database', () => {
  test('a new one is recorded as it is, by a role that is no superuser, and recognised from then on', async () => {
    expect(await recognise()).toEqual({ epoch: 1, raised: false })
    const [{ identity } = {}] = await own.query<{ identity: string }>('select identity from installation')
    expect(identity).toMatch(/^\d+\/[0-9A-F]{8}\/\d+\/\d+$/)
    expect(await recognise()).toEqual({ epoch: 1, raised: false })
  })

  test.each([0, 1, 2, 3])('another one in part %i of its identity raises the epoch, once', async (part) => {
    const { epoch: before } = await recognise()
    await own.query(
      `update installation set identity = (
        select string_agg(case when place = $1 then 'other' else word end, '/' order by place)
        from unnest(string_to_array(identity, '/')) with ordinality as word (word, place))`,
      [part + 1],
    )
    const all = await Promise.all([recognise(), recognise(), recognise()])
    expect(all.filter(({ raised }) => raised)).toHaveLength(1)
    expect(await recognise()).toEqual({ epoch: before + 1, raised: false })
  })
})
