import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import fc from 'fast-check'
import { instants, plain, texts } from '../../src/store/database/arrays.ts'
import { type Database, openDatabase } from '../../src/store/database/database.ts'
import { database, type TestDatabase } from '../support/database.ts'

let testDatabase: TestDatabase
let opened: Database

beforeAll(async () => {
  testDatabase = await database()
  opened = openDatabase(testDatabase.url)
})

afterAll(async () => {
  await opened.close()
  await testDatabase.drop()
})

const asked = async (type: string, value: unknown): Promise<unknown> => {
  const [row] = await opened.run<{ array: unknown }>({ text: `select $1::${type} as array`, values: [value] })
  return row?.array
}

describe('an array that is sent to PostgreSQL', () => {
  test('of texts comes back as it was, whatever stands in them', async () => {
    const text = fc
      .oneof(fc.string({ maxLength: 200 }), fc.string({ unit: 'binary', maxLength: 40 }))
      .filter((one) => !one.includes('\u0000'))
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(text), { maxLength: 20 }), async (values) => {
        expect(await asked('text[]', texts(values))).toEqual(values)
      }),
      { numRuns: 100 },
    )
  })

  test.each([[[]], [['']], [[null]], [['NULL', null, '{"}', '\\', 'ä€😀', 'a,b']], [[null, null]]])(
    'of texts: %j',
    async (values) => {
      expect(await asked('text[]', texts(values))).toEqual(values)
    },
  )

  test.each([127, 128])('of %d texts of as many characters, ASCII or not', async (many) => {
    for (const character of ['a', 'é']) {
      const values = new Array<string>(many).fill(character.repeat(many))
      expect(await asked('text[]', texts(values))).toEqual(values)
    }
  })

  test('of numbers and booleans comes back as it was', async () => {
    expect(await asked('integer[]', plain([0, -1, null, 2_147_483_647]))).toEqual([0, -1, null, 2_147_483_647])
    expect(await asked('bigint[]', plain([9_007_199_254_740_991]))).toEqual(['9007199254740991'])
    expect(await asked('boolean[]', plain([true, false, null]))).toEqual([true, false, null])
    expect(await asked('integer[]', plain([]))).toEqual([])
  })

  test('of moments comes back as it was, from the first to the last that can be stored', async () => {
    const times = [
      '2026-03-29T01:30:00.123Z',
      '1999-12-31T23:59:59.999Z',
      '0001-01-01T00:00:00.000Z',
      '9999-12-31T23:59:59.999Z',
    ]
    const moments = times.map((time) => new Date(time))
    expect(await asked('timestamptz[]', instants(times))).toEqual(moments)
    expect(await asked('timestamptz[]', instants([...moments, null]))).toEqual([...moments, null])
    expect(await asked('timestamptz[]', instants([]))).toEqual([])
  })

  test('with a NUL in a text is refused by PostgreSQL, not stored cut off', async () => {
    await expect(asked('text[]', texts(['a\u0000b']))).rejects.toThrow()
  })
})
